package io.balsa.service.grpc;

import io.balsa.model.InvalidField;
import io.balsa.service.consensus.ReplicaClosed;
import io.grpc.StatusRuntimeException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where what went wrong becomes a status. Expected problems pass as they are; a
 * defect is logged once, under an id that the caller gets; an {@link Error} stops the node.
 * Thread-safe.
 */
final class Errors {
  private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

  private final Consumer<Throwable> failStop;
  private final Supplier<String> correlationIds;

  Errors(Consumer<Throwable> failStop, Supplier<String> correlationIds) {
    this.failStop = failStop;
    this.correlationIds = correlationIds;
  }

  /** What the caller gets for an exception. */
  StatusRuntimeException toStatus(Exception thrown) {
    return switch (thrown) {
      case StatusRuntimeException passed -> passed;
      default -> toProblem(thrown).toStatus();
    };
  }

  /** The problem behind an exception. */
  Problem toProblem(Exception thrown) {
    return switch (thrown) {
      case Refusal refusal -> refusal.problem();
      case InvalidField field -> Problems.invalid(field);
      case InterruptedException _, ReplicaClosed _ -> Problems.notServing();
      default -> defect(thrown);
    };
  }

  /** Stops the node: what it did is not known to be right any more. */
  StatusRuntimeException stop(Error error) {
    failStop.accept(error);
    return Problems.internal("none; the node stops").toStatus();
  }

  /** Takes note of a defect that no caller hears of. */
  void note(Throwable thrown) {
    if (thrown instanceof Error error) {
      failStop.accept(error);
    } else if (thrown instanceof Exception exception) {
      var _ = toProblem(exception);
    }
  }

  private Problem defect(Exception thrown) {
    String correlationId = correlationIds.get();
    LOG.atError()
        .addKeyValue("correlation_id", correlationId)
        .setCause(thrown)
        .log("call failed by a defect");
    return Problems.internal(correlationId);
  }
}
