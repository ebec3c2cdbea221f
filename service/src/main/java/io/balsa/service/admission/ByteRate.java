package io.balsa.service.admission;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.model.Limits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets bytes pass at a rate, whoever they belong to: a token bucket that holds a tenth of a second.
 * Takers are served in the order in which they come. Thread-safe.
 */
public final class ByteRate {
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;
  private final Pause pause;

  /** When the bytes that were taken so far have passed. */
  @GuardedBy("this")
  private long busyUntilNanos;

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after a length of time. */
    void of(Duration length) throws InterruptedException;
  }

  /**
   * Sets the rate.
   *
   * @param bytesPerSecond at least 0; 0 for none
   * @param nanoTime a monotonic clock
   */
  public ByteRate(long bytesPerSecond, LongSupplier nanoTime, Pause pause) {
    Limits.require("rate.bytes-per-second", bytesPerSecond, 0, Long.MAX_VALUE);
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.pause = pause;
    busyUntilNanos = nanoTime.getAsLong() - BURST_NANOS;
  }

  /**
   * Waits until some bytes may pass.
   *
   * @param bytes at least 0
   */
  public void take(long bytes) throws InterruptedException {
    if (bytesPerSecond == 0) {
      return;
    }
    long waitNanos;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - BURST_NANOS - busyUntilNanos > 0) {
        busyUntilNanos = now - BURST_NANOS;
      }
      busyUntilNanos += (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
      waitNanos = busyUntilNanos - now;
    }
    if (waitNanos > 0) {
      pause.of(Duration.ofNanos(waitNanos));
    }
  }
}
