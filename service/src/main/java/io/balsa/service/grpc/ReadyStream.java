package io.balsa.service.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends messages only as fast as the caller takes them, so that nothing piles up in the transport.
 * Made on the call's thread before its handler returns; {@link #send} is for one other thread.
 *
 * @param <R> the messages
 */
final class ReadyStream<R> {
  private final ServerCallStreamObserver<R> out;
  private final Duration stallTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  ReadyStream(ServerCallStreamObserver<R> out, Duration stallTimeout) {
    this.out = out;
    this.stallTimeout = stallTimeout;
    out.setOnReadyHandler(this::signal);
    out.setOnCancelHandler(this::signal);
  }

  /**
   * Sends a message as soon as the transport has room for it.
   *
   * @throws Refusal if the caller went away, or has taken nothing for the stall timeout
   */
  void send(R message) throws InterruptedException {
    lock.lock();
    try {
      long left = stallTimeout.toNanos();
      while (!out.isReady() && !out.isCancelled()) {
        if (left <= 0) {
          throw Problems.stalled(stallTimeout).refusal();
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    if (out.isCancelled()) {
      throw Problems.cancelled().refusal();
    }
    out.onNext(message);
  }

  /** True where the caller went away. */
  boolean isCancelled() {
    return out.isCancelled();
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
