package io.balsa.service.grpc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Tasks of one call that run side by side and are taken in the order in which they were added. Its
 * user bounds how many. For one thread; {@link #close} gives up those that were not taken.
 *
 * @param <T> what they give
 */
final class TaskLine<T> implements AutoCloseable {
  private final Calls calls;
  private final Deque<FutureTask<T>> line = new ArrayDeque<>();

  TaskLine(Calls calls) {
    this.calls = calls;
  }

  int size() {
    return line.size();
  }

  void add(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(() -> watched(work));
    line.add(task);
    calls.inBackground(task);
  }

  /** A defect counts even where nobody takes what it spoilt. */
  private T watched(Callable<T> work) throws Exception {
    try {
      return work.call();
    } catch (Error e) {
      var _ = calls.errors().stop(e);
      throw e;
    }
  }

  /** Waits for the first; it throws what the task threw. */
  T take() throws InterruptedException {
    FutureTask<T> first = line.removeFirst();
    try {
      return first.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case InterruptedException _ -> throw new InterruptedException("a part was interrupted");
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      first.cancel(true);
    }
  }

  @Override
  public void close() {
    line.forEach(task -> task.cancel(true));
  }
}
