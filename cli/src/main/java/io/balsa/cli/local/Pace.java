package io.balsa.cli.local;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A clock: how time passes while something is awaited.
 *
 * @param nanoTime a monotonic clock
 * @param beat between two looks at something
 */
public record Pace(LongSupplier nanoTime, Duration beat) {
  /** The clock's reading; only differences mean something. */
  public long now() {
    return nanoTime.getAsLong();
  }

  /** How long ago that was. */
  public Duration since(long nanos) {
    return Duration.ofNanos(now() - nanos);
  }

  /** Lets one beat pass. */
  public void rest() throws InterruptedException {
    Thread.sleep(beat);
  }

  /** A deadline that begins now. */
  public Deadline deadline(Duration atMost) {
    return new Deadline(this, now(), atMost);
  }

  /**
   * When waiting ends.
   *
   * @param begun on the pace's clock
   */
  public record Deadline(Pace pace, long begun, Duration atMost) {
    /** Whether the time has passed. */
    public boolean isOver() {
      return pace.since(begun).compareTo(atMost) >= 0;
    }
  }
}
