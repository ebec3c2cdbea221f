package io.balsa.service.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.balsa.model.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The gate with barriers that the test runs, on a clock that the test turns. */
class FreshnessGateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong nanos = new AtomicLong(1_000);
  private final BlockingQueue<Runnable> barriers = new LinkedBlockingQueue<>();
  private final List<Thread> readers = new ArrayList<>();

  /** Runs while a barrier is in flight. */
  private FreshnessGate.Confirmer confirmer = () -> new LogPosition(1, 7);

  private FreshnessGate.AppliedWait applied = index -> {};

  private final FreshnessGate gate =
      new FreshnessGate(
          () -> confirmer.confirm(), index -> applied.await(index), barriers::add, nanos::get);

  /** Starts a read and waits until it waits. */
  private CompletableFuture<Void> read() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    gate.barrier(PATIENCE);
                    done.complete(null);
                  } catch (NotFresh | InterruptedException | RuntimeException e) {
                    done.completeExceptionally(e);
                  }
                });
    readers.add(reader);
    await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
    return done;
  }

  private void runBarrier() throws InterruptedException {
    Runnable barrier = barriers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(barrier).isNotNull();
    barrier.run();
  }

  private static void assertNotFresh(CompletableFuture<Void> read) {
    assertThatThrownBy(() -> read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(NotFresh.class);
  }

  @Test
  void manyReadersShareTheNextBarrierAndNeverTheOneInFlight() throws Exception {
    CompletableFuture<Void> first = read();
    List<CompletableFuture<Void>> later = new ArrayList<>();
    confirmer =
        () -> {
          // In flight now: whoever comes must get a barrier that starts after this.
          for (int reader = 0; reader < 20; reader++) {
            later.add(read());
          }
          assertThat(barriers).isEmpty();
          return new LogPosition(1, 7);
        };
    runBarrier();
    first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(later).noneMatch(CompletableFuture::isDone);
    assertThat(barriers).hasSize(1);
    confirmer = () -> new LogPosition(1, 8);
    runBarrier();
    for (CompletableFuture<Void> read : later) {
      read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(barriers).isEmpty();
  }

  @Test
  void aFailedBarrierWakesAllItsReadersAndNotTheNextOnes() throws Exception {
    CompletableFuture<Void> one = read();
    CompletableFuture<Void> two = read();
    CompletableFuture<Void> three = read();
    confirmer =
        () -> {
          throw new NotFresh("no leader");
        };
    // The second and the third came while the first barrier was in flight.
    runBarrier();
    assertNotFresh(one);
    assertThat(two).isNotDone();
    runBarrier();
    assertNotFresh(two);
    assertNotFresh(three);
    assertThat(gate.age()).isEmpty();
    confirmer = () -> new LogPosition(1, 9);
    CompletableFuture<Void> four = read();
    runBarrier();
    four.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aDefectInABarrierRefusesItsReadersAndTheGateGoesOn() throws Exception {
    for (Runnable defect :
        List.<Runnable>of(
            () -> {
              throw new IllegalStateException("a defect");
            },
            () -> {
              throw new StackOverflowError("a worse one");
            })) {
      confirmer =
          () -> {
            defect.run();
            return new LogPosition(1, 7);
          };
      CompletableFuture<Void> read = read();
      CompletableFuture<Void> next = read();
      runBarrier();
      assertNotFresh(read);
      confirmer = () -> new LogPosition(1, 7);
      runBarrier();
      next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void ageIsCountedFromTheStartOfTheLastBarrierThatSucceeded() throws Exception {
    assertThat(gate.age()).isEmpty();
    confirmer =
        () -> {
          nanos.set(5_000);
          return new LogPosition(1, 7);
        };
    applied = index -> nanos.set(9_000);
    CompletableFuture<Void> good = read();
    runBarrier();
    good.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(gate.age()).contains(Duration.ofNanos(8_000));
    applied =
        index -> {
          throw new NotFresh("lagging");
        };
    CompletableFuture<Void> bad = read();
    runBarrier();
    assertNotFresh(bad);
    nanos.set(20_000);
    assertThat(gate.age()).contains(Duration.ofNanos(19_000));
  }

  @Test
  void aBarrierWaitsForTheIndexThatTheLeaderConfirmed() throws Exception {
    AtomicLong asked = new AtomicLong();
    applied = asked::set;
    CompletableFuture<Void> read = read();
    runBarrier();
    read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(asked).hasValue(7);
  }

  @Test
  void aBoundIsServedAtOnceUntilItHasPassed() throws Exception {
    CompletableFuture<Void> read = read();
    runBarrier();
    read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    nanos.addAndGet(100);
    gate.atMost(Duration.ofNanos(100), PATIENCE);
    assertThat(barriers).isEmpty();
    nanos.addAndGet(1);
    assertThatThrownBy(() -> gate.atMost(Duration.ofNanos(100), Duration.ofNanos(1)))
        .isInstanceOf(NotFresh.class);
    assertThat(barriers).hasSize(1);
  }

  @Test
  void aReaderThatGivesUpLeavesTheBarrierToTheOthers() throws Exception {
    CompletableFuture<Void> patient = read();
    assertThatThrownBy(() -> gate.barrier(Duration.ofNanos(1))).isInstanceOf(NotFresh.class);
    runBarrier();
    patient.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    runBarrier();
    assertThat(gate.age()).isPresent();
  }
}
