package io.balsa.chaos.crash;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What writers did, and whether they go on. Thread-safe. */
final class Tally {
  /** A node that is up and healthy acknowledges something within this time. */
  static final Duration SILENCE_MAX = Duration.ofSeconds(90);

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong checked = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  void acknowledged() {
    acknowledged.incrementAndGet();
  }

  void refused() {
    refused.incrementAndGet();
  }

  void unknown() {
    unknown.incrementAndGet();
  }

  void checked(int objects) {
    checked.addAndGet(objects);
  }

  long acknowledgements() {
    return acknowledged.get();
  }

  long checkedObjects() {
    return checked.get();
  }

  /** The run is over; writers end with an exception. */
  void fail(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  /** Throws what ended the run, if it is over. */
  void requireGoingOn() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new Violation(String.valueOf(cause.getMessage()), cause);
    }
  }

  @Override
  public String toString() {
    return "%d writes acknowledged, %d refusals, %d unknown outcomes, %d objects checked"
        .formatted(acknowledged.get(), refused.get(), unknown.get(), checked.get());
  }
}
