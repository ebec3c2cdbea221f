package io.balsa.client.transfer;

import java.util.concurrent.Semaphore;

/**
 * How many bytes the transfers of a client may hold in memory in one direction; at the limit they
 * wait. Thread-safe.
 *
 * <p>Whoever waits in {@link #take} must hold only bytes that come free without it: chunks that are
 * on their way. Otherwise transfers would wait for each other for ever.
 */
final class ByteBudget {
  private final Semaphore bytes;

  ByteBudget(int bytesMax) {
    this.bytes = new Semaphore(bytesMax, true);
  }

  boolean tryTake(int count) {
    return bytes.tryAcquire(count);
  }

  void take(int count) throws InterruptedException {
    bytes.acquire(count);
  }

  void give(int count) {
    bytes.release(count);
  }

  int free() {
    return bytes.availablePermits();
  }
}
