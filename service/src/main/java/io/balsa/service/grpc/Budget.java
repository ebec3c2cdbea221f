package io.balsa.service.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time that a call, or a part of it, has left: the caller's deadline or the node's own bound,
 * whichever is nearer. Ends a little before the caller's deadline, so that a refusal still arrives.
 *
 * @param deadline when it is over
 */
record Budget(Deadline deadline) {
  private static final long MARGIN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MARGIN_SHARE = 10;

  /** Of the call that runs on this thread. */
  static Budget ofCall(Duration requestTimeout) {
    Deadline own = Deadline.after(requestTimeout.toNanos(), TimeUnit.NANOSECONDS);
    Deadline callers = Context.current().getDeadline();
    if (callers == null) {
      return new Budget(own);
    }
    long share = Math.max(0, callers.timeRemaining(TimeUnit.NANOSECONDS)) / MARGIN_SHARE;
    Deadline early = callers.offset(-Math.min(MARGIN_NANOS_MAX, share), TimeUnit.NANOSECONDS);
    return new Budget(own.minimum(early));
  }

  /** The same, but at most this long from now. */
  Budget atMost(Duration max) {
    return new Budget(deadline.minimum(Deadline.after(max.toNanos(), TimeUnit.NANOSECONDS)));
  }

  /** Time left; positive even when it is over, as a timeout must be. */
  Duration left() {
    return Duration.ofNanos(Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
  }

  /** True where the time is over or the caller went away. */
  boolean isOver() {
    return deadline.isExpired() || Context.current().isCancelled();
  }
}
