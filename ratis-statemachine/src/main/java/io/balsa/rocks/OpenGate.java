package io.balsa.rocks;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts who uses a native object, because closing one in use takes the whole process down. Safe on
 * every thread.
 */
final class OpenGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();

  @GuardedBy("lock")
  private long inside;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * Counts one more user, until it calls {@link #leave}.
   *
   * @throws IllegalStateException if the gate is closed; then there is nothing to leave
   */
  void enter() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      inside++;
    } finally {
      lock.unlock();
    }
  }

  /** One user less. */
  void leave() {
    lock.lock();
    try {
      inside--;
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any more, and waits for those inside; false if some stay longer than that. */
  boolean close(Duration waitMax) {
    boolean interrupted = false;
    lock.lock();
    try {
      closed = true;
      long rest = waitMax.toNanos();
      while (inside > 0 && rest > 0) {
        try {
          rest = left.awaitNanos(rest);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return inside == 0;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
