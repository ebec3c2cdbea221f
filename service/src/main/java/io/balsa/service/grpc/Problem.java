package io.balsa.service.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.balsa.api.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Why a call was not served, as its caller learns it: the only form in which errors leave the node.
 *
 * @param code canonical
 * @param reason what a program switches on
 * @param message what a person reads
 * @param facts what a caller needs to act, by name
 * @param retryAfter where a retry helps
 */
public record Problem(
    Status.Code code,
    ErrorReason reason,
    String message,
    SortedMap<String, String> facts,
    Optional<Duration> retryAfter) {
  static final String DOMAIN = "balsa";
  private static final String PREFIX = "ERROR_REASON_";

  /** Copies. */
  public Problem {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }

  /** One that a retry does not cure. */
  public static Problem lasting(
      Status.Code code, ErrorReason reason, String message, Map<String, String> facts) {
    return new Problem(code, reason, message, new TreeMap<>(facts), Optional.empty());
  }

  /** One that a retry may cure. */
  public static Problem passing(
      Status.Code code, ErrorReason reason, String message, Map<String, String> facts) {
    return new Problem(code, reason, message, new TreeMap<>(facts), Optional.of(Problems.RETRY));
  }

  /** The reason's name without its prefix, as in {@code google.rpc.ErrorInfo}. */
  public String reasonName() {
    return reason.name().substring(PREFIX.length());
  }

  /** The reason of such a name; empty for one that this build does not know. */
  static Optional<ErrorReason> reasonOf(String name) {
    for (ErrorReason reason : ErrorReason.values()) {
      if (reason.name().equals(PREFIX + name)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  /** Ready to be thrown. */
  public Refusal refusal() {
    return new Refusal(this);
  }

  StatusRuntimeException toStatus() {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(message)
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(reasonName())
                        .setDomain(DOMAIN)
                        .putAllMetadata(facts)
                        .build()));
    retryAfter.ifPresent(
        delay ->
            status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(of(delay)).build())));
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** What another node answered; empty where the answer does not come from Balsa. */
  static Optional<Problem> of(StatusRuntimeException answer) {
    com.google.rpc.Status status = StatusProto.fromThrowable(answer);
    if (status == null) {
      return Optional.empty();
    }
    Optional<ErrorInfo> info = detail(status, ErrorInfo.class);
    return info.filter(found -> found.getDomain().equals(DOMAIN))
        .flatMap(found -> reasonOf(found.getReason()))
        .map(
            reason ->
                new Problem(
                    answer.getStatus().getCode(),
                    reason,
                    status.getMessage(),
                    new TreeMap<>(info.orElseThrow().getMetadataMap()),
                    detail(status, RetryInfo.class).map(retry -> of(retry.getRetryDelay()))));
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty(); // Not what it says it is, so not from Balsa.
        }
      }
    }
    return Optional.empty();
  }

  private static com.google.protobuf.Duration of(Duration delay) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(delay.getSeconds())
        .setNanos(delay.getNano())
        .build();
  }

  private static Duration of(com.google.protobuf.Duration delay) {
    return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
  }
}
