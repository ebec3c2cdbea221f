package io.balsa.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSwap;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings in a snapshot for a replica that the leader's log no longer reaches. The leader asks again
 * and again, each time with what is needed by now; {@link #decide} does not wait. Where nothing is
 * staged that fits, a thread gets something that does, for as long as somebody asks.
 *
 * <pre>
 *   idle -> fetching -> staged -> decided -> idle
 * </pre>
 *
 * <p>What is staged is only an offer: it may be overtaken, by the log or by a later need, and is
 * then dropped. Once decided it goes live, after a crash too (see {@link SnapshotSwap}).
 *
 * <p>Thread-safe; one thread of its own while it fetches.
 */
final class SnapshotInstall implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotInstall.class);

  /** A leader asks many times a second; after such a silence it has found another way. */
  private static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private static final Duration PAUSE_MIN = Duration.ofMillis(100);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

  private final GroupName group;
  private final SnapshotSwap swap;
  private final Job job;
  private final FailStop failStop;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private SnapshotFetcher.@Nullable Need need;

  @GuardedBy("lock")
  private long askedNanos;

  @GuardedBy("lock")
  private Optional<LogPosition> staged = Optional.empty();

  @GuardedBy("lock")
  private @Nullable Thread thread;

  @GuardedBy("lock")
  private boolean closed;

  /** What the thread does; it may take hours. */
  @FunctionalInterface
  interface Job {
    /**
     * Tries to meet a need.
     *
     * @return what is staged now; empty where the replica itself meets the need
     * @throws IOException it cannot be met now; nothing is staged
     */
    Optional<SnapshotManifest> meet(SnapshotFetcher.Need need)
        throws IOException, InterruptedException;
  }

  SnapshotInstall(GroupName group, SnapshotSwap swap, Job job, FailStop failStop) {
    this.group = group;
    this.swap = swap;
    this.job = job;
    this.failStop = failStop;
  }

  /**
   * Decides that a staged snapshot goes live, if one meets the need; else one is on its way when
   * this returns.
   *
   * @return the position of the snapshot that was decided on
   * @throws IOException nobody knows whether it was decided; the node must stop
   */
  Optional<LogPosition> decide(SnapshotFetcher.Need wanted) throws IOException {
    lock.lock();
    try {
      need = wanted;
      askedNanos = System.nanoTime();
      Optional<LogPosition> fitting = staged.filter(wanted::isMetBy);
      if (fitting.isPresent()) {
        swap.decide();
        staged = Optional.empty();
      } else if (thread == null && !closed) {
        staged = Optional.empty();
        thread = Thread.ofPlatform().daemon().name("balsa-install-" + group).start(this::run);
      }
      return fitting;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops what is staged, wholly or in part, if the replica has got there by itself. Cheap where
   * nothing is staged.
   */
  void dropOvertaken(LogPosition durable) throws IOException {
    lock.lock();
    try {
      if (thread == null && !staged.filter(at -> at.compareTo(durable) > 0).isPresent()) {
        staged = Optional.empty();
        swap.dropOvertaken(durable);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = PAUSE_MIN;
    try {
      for (var next = next(); next.isPresent(); next = next()) {
        try {
          end(job.meet(next.get()).map(SnapshotManifest::position));
          return;
        } catch (IOException e) {
          log.atWarn()
              .addKeyValue(LogKeys.GROUP, group)
              .addKeyValue(LogKeys.INDEX, next.get().indexMin())
              .setCause(e)
              .log("no snapshot yet, trying again");
        }
        rest(pause);
        pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
      }
    } catch (InterruptedException e) {
      end(Optional.empty());
    } catch (RuntimeException | Error e) {
      end(Optional.empty());
      failStop.halt("a defect of the snapshot install of " + group, e);
    }
  }

  /** What is needed by now; empty, and this thread is forgotten, where nobody asks any more. */
  private Optional<SnapshotFetcher.Need> next() {
    lock.lock();
    try {
      boolean wanted = !closed && System.nanoTime() - askedNanos < SILENCE_NANOS_MAX;
      if (!wanted) {
        thread = null;
      }
      return wanted ? Optional.ofNullable(need) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void end(Optional<LogPosition> result) {
    lock.lock();
    try {
      staged = closed ? Optional.empty() : result;
      thread = null;
    } finally {
      lock.unlock();
    }
  }

  private void rest(Duration pause) throws InterruptedException {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread, and waits for that. */
  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      running = thread;
    } finally {
      lock.unlock();
    }
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
