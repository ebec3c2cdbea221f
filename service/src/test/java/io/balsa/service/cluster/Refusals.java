package io.balsa.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Reads the reason of a node's refusal. */
public final class Refusals {
  private Refusals() {}

  /** The refusal that a call gets; fails where it succeeds or gets something else. */
  public static ErrorInfo refusalOf(ThrowingCallable call) {
    StatusRuntimeException problem = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(problem).as("a refusal").isNotNull();
    return infoOf(problem);
  }

  /** What a refusal says. */
  public static ErrorInfo infoOf(StatusRuntimeException problem) {
    com.google.rpc.Status status = StatusProto.fromThrowable(problem);
    assertThat(status).as("%s", problem).isNotNull();
    try {
      for (var detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    throw new AssertionError("a refusal without ErrorInfo: " + problem, problem);
  }
}
