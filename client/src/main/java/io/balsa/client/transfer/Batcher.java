package io.balsa.client.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Gathers what arrives while earlier batches are on their way, and lets the next one go when it is
 * full or when none is under way. So there are no timers, a lone item never waits, and the busier
 * it gets, the larger the batches. Thread-safe.
 */
final class Batcher<T> {
  private final Bounds bounds;
  private final ToLongFunction<T> weigher;
  private final Consumer<List<T>> process;
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<T> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private long weight;

  @GuardedBy("lock")
  private int inFlight;

  /**
   * Bounds of a batcher.
   *
   * @param countMax items of a batch
   * @param weightMax weight of a batch; a single item may be heavier
   * @param inFlightMax batches on their way
   */
  record Bounds(int countMax, long weightMax, int inFlightMax) {}

  /**
   * A batcher without items.
   *
   * @param process takes a batch on a thread of the executor; does not throw
   */
  Batcher(Bounds bounds, ToLongFunction<T> weigher, Consumer<List<T>> process, Executor executor) {
    this.bounds = bounds;
    this.weigher = weigher;
    this.process = process;
    this.executor = executor;
  }

  /** Adds an item; waits while two full batches are queued. */
  void add(T item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (queue.size() >= 2 * bounds.countMax() || weight >= 2 * bounds.weightMax()) {
        room.await();
      }
      queue.addLast(item);
      weight += weigher.applyAsLong(item);
      launch();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void launch() {
    while (!queue.isEmpty() && inFlight < bounds.inFlightMax() && (inFlight == 0 || isFull())) {
      List<T> batch = cut();
      inFlight++;
      executor.execute(() -> run(batch));
    }
  }

  @GuardedBy("lock")
  private boolean isFull() {
    return queue.size() >= bounds.countMax() || weight >= bounds.weightMax();
  }

  @GuardedBy("lock")
  private List<T> cut() {
    List<T> batch = new ArrayList<>();
    long batchWeight = 0;
    while (!queue.isEmpty() && batch.size() < bounds.countMax()) {
      long next = weigher.applyAsLong(queue.getFirst());
      if (!batch.isEmpty() && batchWeight + next > bounds.weightMax()) {
        break;
      }
      batchWeight += next;
      batch.add(queue.removeFirst());
    }
    weight -= batchWeight;
    room.signalAll();
    return batch;
  }

  private void run(List<T> batch) {
    try {
      process.accept(batch);
    } finally {
      lock.lock();
      try {
        inFlight--;
        launch();
      } finally {
        lock.unlock();
      }
    }
  }
}
