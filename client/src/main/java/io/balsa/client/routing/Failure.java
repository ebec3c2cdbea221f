package io.balsa.client.routing;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.wire.FromWire;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a failed attempt tells.
 *
 * @param refusal the facts
 * @param sense what to do about it
 * @param mayHaveHappened whether this attempt, if it was a mutation, may have been executed
 * @param leader who the leader is, where the node said so
 */
record Failure(Refusal refusal, Sense sense, boolean mayHaveHappened, Optional<Endpoint> leader) {
  static final String NO_LEADER = "NO_LEADER";

  /** Refused before anything was done, since too much is under way. */
  private static final Set<String> EXHAUSTED =
      Set.of("OVERLOADED", "TOO_MANY_CALLS", "TOO_MANY_BYTES", "TOO_MANY_SNAPSHOTS", "DISK_FULL");

  static final String CORRUPT = "CORRUPT";
  private static final String DOMAIN = "balsa";

  /** What to do about a failed attempt. */
  enum Sense {
    /** The cluster decided: it would say the same again. */
    REFUSED,
    /** This node cannot; another one may. */
    NOT_HERE,
    /** It passes: another node may, and so may this one later. */
    NOT_NOW
  }

  /** True where the node was not reached at all, or the connection broke. */
  boolean isUnreached() {
    return refusal.code() == RefusalCode.UNAVAILABLE && refusal.reason().isEmpty();
  }

  /** True where waiting is asked for rather than another node. */
  boolean isOverloaded() {
    return EXHAUSTED.contains(refusal.reason());
  }

  /** A node's answers failed the caller's checks. */
  static Failure wrongAnswer(String message) {
    return new Failure(
        Refusal.of(RefusalCode.DATA_LOSS, CORRUPT, message),
        Sense.NOT_HERE,
        true,
        Optional.empty());
  }

  /**
   * Reads a status.
   *
   * @param given by a node, or made here
   * @param handedOver whether the request was given to a connection
   */
  static Failure of(Status given, @Nullable Metadata trailers, boolean handedOver) {
    Status status =
        brokeHere(given) ? Status.UNAVAILABLE.withDescription(given.getDescription()) : given;
    Details details = Details.of(status, trailers);
    String message = status.getDescription() == null ? "" : status.getDescription();
    Refusal refusal =
        new Refusal(
            FromWire.code(status.getCode()),
            details.reason,
            message,
            details.facts,
            details.retryAfter);
    Sense sense = sense(status.getCode(), details.reason);
    boolean mayHaveHappened = handedOver && mayHaveHappened(sense, status, details.reason);
    return new Failure(refusal, sense, mayHaveHappened, details.leader());
  }

  /**
   * True where the connection broke and gRPC has no better word for it than "unknown: channel
   * closed". Only a status that was made on this side has a cause. A node that ends resets its
   * streams, which gRPC calls cancelled; whoever cancels a call here does not ask what became of
   * it.
   */
  private static boolean brokeHere(Status status) {
    return (status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException)
        || (status.getCode() == Status.Code.CANCELLED
            && status.getDescription() != null
            && status.getDescription().startsWith("RST_STREAM"));
  }

  private static Sense sense(Status.Code code, String reason) {
    return switch (reason) {
      case "NOT_INITIALIZED", CORRUPT, "INTERNAL" -> Sense.NOT_HERE;
      case NO_LEADER, "OUTCOME_UNKNOWN", "NOT_FRESH", "NOT_SERVING" -> Sense.NOT_NOW;
      default ->
          switch (code) {
            case INVALID_ARGUMENT,
                NOT_FOUND,
                ALREADY_EXISTS,
                FAILED_PRECONDITION,
                OUT_OF_RANGE,
                PERMISSION_DENIED,
                UNAUTHENTICATED ->
                Sense.REFUSED;
            case ABORTED -> reason.isEmpty() ? Sense.NOT_NOW : Sense.REFUSED;
            case DATA_LOSS, INTERNAL, UNKNOWN, UNIMPLEMENTED -> Sense.NOT_HERE;
            case OK, CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE -> Sense.NOT_NOW;
          };
    };
  }

  private static boolean mayHaveHappened(Sense sense, Status status, String reason) {
    return switch (sense) {
      case REFUSED -> false;
      case NOT_HERE ->
          !reason.equals("NOT_INITIALIZED") && status.getCode() != Status.Code.UNIMPLEMENTED;
      case NOT_NOW ->
          !reason.equals(NO_LEADER)
              && !EXHAUSTED.contains(reason)
              && !reason.equals("NOT_SERVING")
              && !reason.equals("NOT_FRESH");
    };
  }

  /** The details of a status that Balsa's nodes send; empty for others. */
  private record Details(String reason, Map<String, String> facts, Optional<Duration> retryAfter) {
    static Details of(Status status, @Nullable Metadata trailers) {
      com.google.rpc.Status proto = StatusProto.fromStatusAndTrailers(status, trailers);
      String reason = "";
      Map<String, String> facts = Map.of();
      Optional<Duration> retryAfter = Optional.empty();
      try {
        for (Any detail : proto.getDetailsList()) {
          if (detail.is(ErrorInfo.class)) {
            ErrorInfo error = detail.unpack(ErrorInfo.class);
            if (error.getDomain().equals(DOMAIN)) {
              reason = error.getReason();
              facts = error.getMetadataMap();
            }
          } else if (detail.is(RetryInfo.class)) {
            var delay = detail.unpack(RetryInfo.class).getRetryDelay();
            retryAfter = Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
          }
        }
      } catch (InvalidProtocolBufferException e) {
        // The status itself stands; details that cannot be read add nothing to it.
        return new Details(reason, facts, retryAfter);
      }
      return new Details(reason, facts, retryAfter);
    }

    Optional<Endpoint> leader() {
      // Unset or unfit, the leader is searched for: this is only a hint.
      return reason.equals(NO_LEADER)
          ? Endpoint.tryParse(facts.getOrDefault("leader_address", ""))
          : Optional.empty();
    }
  }
}
