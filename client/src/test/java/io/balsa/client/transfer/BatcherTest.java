package io.balsa.client.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches, with an executor that runs when the test says so. */
class BatcherTest {
  private final Deque<Runnable> underWay = new ArrayDeque<>();
  private final List<List<Integer>> batches = new ArrayList<>();

  private Batcher<Integer> batcher(int countMax, long weightMax, int inFlightMax) {
    return new Batcher<>(
        new Batcher.Bounds(countMax, weightMax, inFlightMax),
        Integer::longValue,
        batches::add,
        underWay::addLast);
  }

  private void finishAll() {
    while (!underWay.isEmpty()) {
      underWay.removeFirst().run();
    }
  }

  @Test
  void aLoneItemGoesAtOnceAndOthersGatherBehindIt() throws InterruptedException {
    Batcher<Integer> batcher = batcher(100, 1_000, 4);
    for (int i = 1; i <= 10; i++) {
      batcher.add(i);
    }
    assertThat(underWay).hasSize(1);

    finishAll();

    assertThat(batches).containsExactly(List.of(1), List.of(2, 3, 4, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void aFullBatchGoesBesideOthersUpToTheirLimit() throws InterruptedException {
    Batcher<Integer> batcher = batcher(2, 1_000, 2);
    for (int i = 1; i <= 5; i++) {
      batcher.add(i);
    }
    assertThat(underWay).hasSize(2);

    finishAll();

    assertThat(batches).containsExactly(List.of(1), List.of(2, 3), List.of(4, 5));
  }

  @Test
  void aBatchIsNoHeavierThanItsBoundUnlessAnItemIs() throws InterruptedException {
    Batcher<Integer> batcher = batcher(100, 10, 1);
    for (int weight : new int[] {1, 6, 6, 4}) {
      batcher.add(weight);
    }

    finishAll();
    batcher.add(99);
    finishAll();

    assertThat(batches).containsExactly(List.of(1), List.of(6), List.of(6, 4), List.of(99));
  }
}
