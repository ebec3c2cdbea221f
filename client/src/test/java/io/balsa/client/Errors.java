package io.balsa.client;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;

/** Errors as Balsa's nodes send them. */
final class Errors {
  private Errors() {}

  static StatusRuntimeException of(io.grpc.Status.Code code, String reason) {
    return of(code, reason, Map.of());
  }

  static StatusRuntimeException of(
      io.grpc.Status.Code code, String reason, Map<String, String> facts) {
    return StatusProto.toStatusRuntimeException(status(code, reason, facts).build());
  }

  static StatusRuntimeException overloaded(long retryAfterSeconds) {
    return StatusProto.toStatusRuntimeException(
        status(io.grpc.Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", Map.of())
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(retryAfterSeconds))
                        .build()))
            .build());
  }

  static StatusRuntimeException noLeader(String leaderAddress) {
    return of(
        io.grpc.Status.Code.UNAVAILABLE, "NO_LEADER", Map.of("leader_address", leaderAddress));
  }

  private static Status.Builder status(
      io.grpc.Status.Code code, String reason, Map<String, String> facts) {
    return Status.newBuilder()
        .setCode(code.value())
        .setMessage("scripted")
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder()
                    .setDomain("balsa")
                    .setReason(reason)
                    .putAllMetadata(facts)
                    .build()));
  }
}
