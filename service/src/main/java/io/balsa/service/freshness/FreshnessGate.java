package io.balsa.service.freshness;

import io.balsa.model.LogPosition;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves how fresh one replica is, by barriers. A barrier that started at local monotonic time
 * <i>t</i> succeeds when this replica has applied everything that was committed anywhere before
 * <i>t</i>: the group's leader confirms an index by an entry of its own term that was appended
 * after it was asked, and this replica waits until it has applied that index (the log barrier that
 * Raft §6.4 of Ongaro's dissertation permits in place of a read index; it needs no clock).
 *
 * <p>Barriers are batched: at most one is in flight, and whoever comes meanwhile joins the next
 * one, which starts later. So one entry serves any number of waiting reads.
 *
 * <p>Thread-safe. {@link #barrier} blocks and is made for virtual threads.
 */
public final class FreshnessGate {
  private final Confirmer confirmer;
  private final AppliedWait applied;
  private final Executor executor;
  private final LongSupplier nanoClock;

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<Long> inFlight;
  private @Nullable CompletableFuture<Long> next;
  private OptionalLong provenNanos = OptionalLong.empty();

  /**
   * Makes a gate for one replica.
   *
   * @param confirmer asks the group's leader
   * @param applied waits for this replica
   * @param executor runs barriers; each occupies a thread while it waits
   * @param nanoClock monotonic, as {@code System::nanoTime}
   */
  public FreshnessGate(
      Confirmer confirmer, AppliedWait applied, Executor executor, LongSupplier nanoClock) {
    this.confirmer = confirmer;
    this.applied = applied;
    this.executor = executor;
    this.nanoClock = nanoClock;
  }

  /** Asks the leader of the group. */
  @FunctionalInterface
  public interface Confirmer {
    /**
     * Gets an index that covers everything committed before the call.
     *
     * @throws NotFresh if no leader confirms in time
     */
    LogPosition confirm() throws NotFresh, InterruptedException;
  }

  /** Waits for this replica. */
  @FunctionalInterface
  public interface AppliedWait {
    /**
     * Waits until the index is applied here.
     *
     * @throws NotFresh if that is not so in time
     */
    void await(long index) throws NotFresh, InterruptedException;
  }

  /**
   * Joins a barrier that starts after this call began, and waits for it. What is read from the
   * replica afterwards is linearizable.
   *
   * @param timeout positive
   * @throws NotFresh if it did not succeed in time; nothing may be answered at this level
   */
  public void barrier(Duration timeout) throws NotFresh, InterruptedException {
    try {
      var _ = join().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NotFresh("no barrier succeeded within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new NotFresh("the barrier failed: " + e.getCause(), e);
    }
  }

  /**
   * Makes sure that the replica's state is at most {@code ageMax} old: at once where that is proven
   * already, else by a barrier.
   *
   * @param ageMax at least zero
   * @param timeout positive
   * @throws NotFresh if it could not be proven in time
   */
  public void atMost(Duration ageMax, Duration timeout) throws NotFresh, InterruptedException {
    Optional<Duration> age = age();
    if (age.isEmpty() || age.get().compareTo(ageMax) > 0) {
      barrier(timeout);
    }
  }

  /**
   * A proven upper bound of how old the replica's state is now. Empty before the first barrier
   * succeeded. Ask it before reading the state: the state can only be newer.
   */
  public Optional<Duration> age() {
    lock.lock();
    try {
      return provenNanos.isEmpty()
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(nanoClock.getAsLong() - provenNanos.getAsLong()));
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<Long> join() {
    lock.lock();
    try {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      CompletableFuture<Long> joined = next;
      if (inFlight == null) {
        startNext();
      }
      return joined;
    } finally {
      lock.unlock();
    }
  }

  /** Requires: {@code lock} held, no barrier in flight, one waiting. */
  private void startNext() {
    CompletableFuture<Long> round = next;
    if (round == null) {
      return;
    }
    inFlight = round;
    next = null;
    executor.execute(() -> run(round));
  }

  private void run(CompletableFuture<Long> round) {
    long startNanos = nanoClock.getAsLong();
    try {
      applied.await(confirmer.confirm().index());
      proved(startNanos);
      finish();
      round.complete(startNanos);
    } catch (NotFresh | RuntimeException | Error e) {
      // An error, too: a barrier that never ended would refuse every later read.
      finish();
      round.completeExceptionally(e);
    } catch (InterruptedException e) {
      finish();
      round.completeExceptionally(new NotFresh("the node is stopping", e));
      Thread.currentThread().interrupt();
    }
  }

  private void proved(long startNanos) {
    lock.lock();
    try {
      // Barriers end in the order of their starts, so the last one is the newest.
      provenNanos = OptionalLong.of(startNanos);
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    lock.lock();
    try {
      inFlight = null;
      startNext();
    } finally {
      lock.unlock();
    }
  }
}
