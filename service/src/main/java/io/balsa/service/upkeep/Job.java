package io.balsa.service.upkeep;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Work that an operator asked for, on a thread of its own: it tells how far it is, and can be
 * stopped. Thread-safe.
 */
public final class Job implements AutoCloseable {
  private final StopSignal stop = new StopSignal();
  private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.NONE);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  /** What is done. */
  @FunctionalInterface
  interface Work {
    /** Ends early when stopped, and throws what goes wrong. */
    void run(StopSignal stop, Compaction.Listener listener) throws Exception;
  }

  private Job() {}

  static Job start(String threadName, Work work, Runnable after) {
    Job job = new Job();
    Thread.ofPlatform()
        .daemon()
        .name(threadName)
        .start(
            () -> {
              try {
                work.run(job.stop, job::change);
              } catch (Exception | Error e) {
                job.failure = e;
              } finally {
                after.run();
                job.done.countDown();
              }
            });
    return job;
  }

  private void change(UnaryOperator<Progress> change) {
    progress.updateAndGet(change);
  }

  /** How far it is. */
  public Progress progress() {
    return progress.get();
  }

  /** Waits for its end, and no longer than a while; true if it has ended. */
  public boolean await(Duration pause) throws InterruptedException {
    return done.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** What it failed with, once it has ended; empty if it did not. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Stops it after the step that it is at; does not wait. */
  @Override
  public void close() {
    stop.stop();
  }
}
