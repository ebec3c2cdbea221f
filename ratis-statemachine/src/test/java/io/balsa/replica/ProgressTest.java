package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ZERO;

  private final Progress progress = new Progress(5);

  @Test
  void whatIsReachedIsNotWaitedFor() throws InterruptedException {
    assertThat(progress.await(5, LOOK)).isTrue();
    assertThat(progress.await(-1, LOOK)).isTrue();
  }

  @Test
  void whatIsNotReachedInTimeIsNo() throws InterruptedException {
    assertThat(progress.await(6, LOOK)).isFalse();
    assertThat(progress.await(6, Duration.ofMillis(-1))).isFalse();
    assertThat(progress.await(6, Duration.ofMillis(1))).isFalse();
  }

  @Test
  void itNeverGoesBack() {
    progress.advance(3);
    assertThat(progress.reached()).isEqualTo(5);
  }

  @Test
  void everyWaiterIsWokenByItsOwnNumber() throws Exception {
    try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> waiters = new ArrayList<>();
      for (long target = 20; target > 5; target--) {
        long wanted = target;
        Callable<Boolean> wait = () -> progress.await(wanted, LONG);
        waiters.add(waiting.submit(wait));
      }
      progress.advance(19);
      for (Future<Boolean> waiter : waiters.subList(1, waiters.size())) {
        assertThat(waiter.get()).isTrue();
      }
      assertThat(waiters.getFirst().isDone()).isFalse();
      progress.advance(21);
      assertThat(waiters.getFirst().get()).isTrue();
    }
  }

  @Test
  void aWaiterThatGaveUpDoesNotKeepOthersFromWaking() throws Exception {
    assertThat(progress.await(6, LOOK)).isFalse();
    try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Boolean> wait = () -> progress.await(7, LONG);
      Future<Boolean> waiter = waiting.submit(wait);
      progress.advance(7);
      assertThat(waiter.get()).isTrue();
    }
  }

  @Test
  void anInterruptedWaiterStopsWaiting() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> progress.await(6, LONG)).isInstanceOf(InterruptedException.class);
  }
}
