package io.balsa.replica;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A number that only grows, and those who wait for it: an applied index, a revision. Thread-safe.
 */
public final class Progress {
  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
  private volatile long reached;

  /** Starts at a number. */
  public Progress(long start) {
    reached = start;
  }

  private record Waiter(long target, CompletableFuture<Void> done) implements Comparable<Waiter> {
    @Override
    public int compareTo(Waiter other) {
      return Long.compare(target, other.target);
    }
  }

  /** The number now. */
  public long reached() {
    return reached;
  }

  /** Raises the number; a smaller one changes nothing. Wakes whoever waited for it. */
  public void advance(long to) {
    lock.lock();
    try {
      if (to <= reached) {
        return;
      }
      reached = to;
      while (!waiters.isEmpty() && waiters.element().target <= to) {
        waiters.remove().done.complete(null);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the number is at least {@code target}.
   *
   * @param timeout zero or less only looks
   * @return false where the time was over first
   */
  public boolean await(long target, Duration timeout) throws InterruptedException {
    if (reached >= target) {
      return true;
    }
    Waiter waiter = new Waiter(target, new CompletableFuture<>());
    lock.lock();
    try {
      if (reached >= target) {
        return true;
      }
      waiters.add(waiter);
    } finally {
      lock.unlock();
    }
    try {
      waiter.done.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return reached >= target;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a waiter never fails", e);
    } finally {
      forget(waiter);
    }
  }

  private void forget(Waiter waiter) {
    if (waiter.done.isDone()) {
      return;
    }
    lock.lock();
    try {
      waiters.remove(waiter);
    } finally {
      lock.unlock();
    }
  }
}
