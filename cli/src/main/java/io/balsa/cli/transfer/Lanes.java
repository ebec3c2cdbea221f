package io.balsa.cli.transfer;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does steps side by side on virtual threads, a bounded number at a time. After a failure no
 * further step begins. Used by one thread, which closes it.
 */
public final class Lanes implements AutoCloseable {
  /** One step. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws IOException, InterruptedException;
  }

  private final int max;
  private final Semaphore free;
  private final ExecutorService threads;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * Lanes.
   *
   * @param name of the threads
   * @param max how many steps at a time, 1 and up
   */
  public Lanes(String name, int max) {
    this.max = max;
    this.free = new Semaphore(max);
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /** Waits for a free lane and begins a step there; drops it where an earlier one failed. */
  public void begin(Step step) throws InterruptedException {
    free.acquire();
    if (failure.get() != null) {
      free.release();
      return;
    }
    threads.execute(
        () -> {
          try {
            step.run();
          } catch (IOException | InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
          } finally {
            free.release();
          }
        });
  }

  /** True where a step failed: there is no point in beginning more. */
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /**
   * Waits for every step that has begun.
   *
   * @throws IOException the first failure, as every other exception of a step
   */
  public void join() throws IOException, InterruptedException {
    free.acquire(max);
    free.release(max);
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Exception e -> throw new IllegalStateException(e);
    }
  }

  /** Interrupts what still runs, and waits for its end. */
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
