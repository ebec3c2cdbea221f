package io.balsa.cli.demo;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The demo's clock: how time passes while something is awaited.
 *
 * @param nanoTime a monotonic clock
 * @param beat between two looks at something
 */
record Pace(LongSupplier nanoTime, Duration beat) {
  long now() {
    return nanoTime.getAsLong();
  }

  /** How long ago that was. */
  Duration since(long nanos) {
    return Duration.ofNanos(now() - nanos);
  }

  /** Lets one beat pass. */
  void rest() throws InterruptedException {
    Thread.sleep(beat);
  }

  Deadline deadline(Duration atMost) {
    return new Deadline(this, now(), atMost);
  }

  /**
   * When waiting ends.
   *
   * @param begun on the pace's clock
   */
  record Deadline(Pace pace, long begun, Duration atMost) {
    boolean isOver() {
      return pace.since(begun).compareTo(atMost) >= 0;
    }
  }
}
