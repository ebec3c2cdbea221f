package io.balsa.service.grpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a caller, one at a time: the next one is asked for when this one is taken, so at most
 * one waits here and the rest wait in the caller. {@link #next} is for one thread.
 *
 * @param <Q> the messages
 */
final class Inbound<Q> implements StreamObserver<Q> {
  private final ServerCallStreamObserver<?> call;
  private final Duration stallTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Q waiting;
  private boolean ended;
  private boolean broken;

  /** Call it on the call's thread, before its handler returns. */
  Inbound(ServerCallStreamObserver<?> call, Duration stallTimeout) {
    this.call = call;
    this.stallTimeout = stallTimeout;
    call.disableAutoRequest();
    call.setOnCancelHandler(() -> onError(Status.CANCELLED.asRuntimeException()));
  }

  /**
   * Waits for the next message.
   *
   * @return empty where the caller has sent all
   * @throws Refusal if the caller went away, or has sent nothing for the stall timeout
   */
  Optional<Q> next() throws InterruptedException {
    lock.lock();
    try {
      if (!ended && !broken) {
        call.request(1);
      }
      long left = stallTimeout.toNanos();
      while (waiting == null && !ended && !broken && !Context.current().isCancelled()) {
        if (left <= 0) {
          throw Problems.stalled(stallTimeout).refusal();
        }
        left = changed.awaitNanos(left);
      }
      Q message = waiting;
      waiting = null;
      if (message == null && !ended) {
        throw Problems.cancelled().refusal();
      }
      return Optional.ofNullable(message);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onNext(Q message) {
    change(() -> waiting = message);
  }

  @Override
  public void onError(Throwable cause) {
    change(() -> broken = true);
  }

  @Override
  public void onCompleted() {
    change(() -> ended = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
