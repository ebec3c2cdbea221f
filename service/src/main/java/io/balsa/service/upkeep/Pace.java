package io.balsa.service.upkeep;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets work go on at a rate: whoever has done some waits until it would have been done at that
 * rate. Time in which nothing was done is not made up for. Thread-safe.
 */
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private long paidUntilNanos;

  /**
   * Begins now.
   *
   * @param bytesPerSecond 0 for no bound
   * @param nanoTime a monotonic clock
   */
  Pace(long bytesPerSecond, LongSupplier nanoTime) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.paidUntilNanos = nanoTime.getAsLong();
  }

  /** Waits for some bytes that were read or written; true if the stop came meanwhile. */
  boolean spend(long bytes, StopSignal stop) throws InterruptedException {
    return bytesPerSecond == 0 ? stop.isStopped() : stop.await(Duration.ofNanos(owed(bytes)));
  }

  /** How long to wait for them. */
  synchronized long owed(long bytes) {
    long now = nanoTime.getAsLong();
    long cost = (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
    paidUntilNanos = cost + (paidUntilNanos - now > 0 ? paidUntilNanos : now);
    return paidUntilNanos - now;
  }
}
