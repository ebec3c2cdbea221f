package io.balsa.service.upkeep;

import io.balsa.service.admission.ByteRate;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells threads to stop, once. Thread-safe. */
public final class StopSignal {
  private static final Duration JOIN_MAX = Duration.ofSeconds(2);

  private final CountDownLatch stopped = new CountDownLatch(1);

  /** From now on everybody stops. */
  public void stop() {
    stopped.countDown();
  }

  /**
   * Stops, and waits a while for a thread. It may wait for a disk or a peer, and what it does later
   * meets a closed store.
   */
  void stop(Thread thread) {
    stop();
    try {
      var _ = thread.join(JOIN_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** True if everybody is to stop. */
  public boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** A rate whose waits end at the stop. */
  ByteRate rate(long bytesPerSecond) {
    return new ByteRate(bytesPerSecond, System::nanoTime, this::await);
  }

  /** Waits, but no longer than until the stop; true if that has come. */
  boolean await(Duration pause) throws InterruptedException {
    return stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }
}
