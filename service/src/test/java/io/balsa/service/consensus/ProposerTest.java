package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.LogPosition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProposerTest {
  private static final int ITEMS_MAX = 3;
  private static final long BYTES_MAX = 10;
  private static final int QUEUED_MAX = 4_096;

  private final FakeLog log = new FakeLog();
  private final Proposer<String, String> proposer =
      new Proposer<>("test-proposer", new Proposer.Limits(ITEMS_MAX, BYTES_MAX, 1), log);

  @AfterEach
  void close() {
    proposer.close();
  }

  @Test
  void whatArrivesWhileAnEntryIsInFlightTravelsTogether() throws Exception {
    var a = propose("a");
    FakeLog.Entry first = log.next();
    var b = propose("b");
    var c = propose("c");
    assertThat(log.isQuiet()).isTrue();
    first.apply(7);
    FakeLog.Entry second = log.next();
    assertThat(first.items()).containsExactly("a");
    assertThat(second.items()).containsExactly("b", "c");
    second.apply(8);
    assertThat(outcome(a)).isEqualTo(committed(7, "a!"));
    assertThat(outcome(b)).isEqualTo(committed(8, "b!"));
    assertThat(outcome(c)).isEqualTo(committed(8, "c!"));
  }

  @Test
  void asManyEntriesAsAreAllowedAreInFlight() throws Exception {
    try (Proposer<String, String> wide =
        new Proposer<>("test-wide", new Proposer.Limits(1, BYTES_MAX, 2), log)) {
      var a = wide.propose(List.of("a"), 1);
      var b = wide.propose(List.of("b"), 1);
      FakeLog.Entry first = log.next();
      FakeLog.Entry second = log.next();
      var c = wide.propose(List.of("c"), 1);
      assertThat(log.isQuiet()).isTrue();
      second.apply(2);
      log.next().apply(3);
      first.apply(1);
      assertThat(outcome(a)).isEqualTo(committed(1, "a!"));
      assertThat(outcome(b)).isEqualTo(committed(2, "b!"));
      assertThat(outcome(c)).isEqualTo(committed(3, "c!"));
    }
  }

  @Test
  void anEntryHasNoMoreItemsThanAllowedAndNoProposalIsSplit() throws Exception {
    FakeLog.Entry busy = occupy();
    var two = proposer.propose(List.of("a", "b"), 1);
    var twoMore = proposer.propose(List.of("c", "d"), 1);
    var _ = propose("e");
    busy.apply(1);
    FakeLog.Entry first = log.next();
    assertThat(first.items()).containsExactly("a", "b");
    first.apply(2);
    FakeLog.Entry second = log.next();
    assertThat(second.items()).containsExactly("c", "d", "e");
    second.apply(3);
    assertThat(outcome(two)).isEqualTo(committed(2, "a!", "b!"));
    assertThat(outcome(twoMore)).isEqualTo(committed(3, "c!", "d!"));
  }

  @Test
  void anEntryHasNoMoreBytesThanAllowed() throws Exception {
    FakeLog.Entry busy = occupy();
    var _ = proposer.propose(List.of("a"), 5);
    var _ = proposer.propose(List.of("b"), 5);
    var _ = proposer.propose(List.of("c"), 1);
    busy.apply(1);
    FakeLog.Entry first = log.next();
    assertThat(first.items()).containsExactly("a", "b");
    first.apply(2);
    assertThat(log.next().items()).containsExactly("c");
  }

  @Test
  void anOversizedItemTravelsAlone() throws Exception {
    FakeLog.Entry busy = occupy();
    var _ = proposer.propose(List.of("small"), 1);
    var large = proposer.propose(List.of("large"), BYTES_MAX + 1);
    var _ = proposer.propose(List.of("next"), 1);
    busy.apply(1);
    FakeLog.Entry first = log.next();
    assertThat(first.items()).containsExactly("small");
    first.apply(2);
    FakeLog.Entry second = log.next();
    assertThat(second.items()).containsExactly("large");
    second.apply(3);
    assertThat(log.next().items()).containsExactly("next");
    assertThat(outcome(large)).isEqualTo(committed(3, "large!"));
  }

  @Test
  void aBarrierIsAnEntryOfItsOwnOrSharesOne() throws Exception {
    var alone = proposer.propose(List.of(), 0);
    FakeLog.Entry empty = log.next();
    assertThat(empty.items()).isEmpty();
    var a = propose("a");
    var shared = proposer.propose(List.of(), 0);
    var b = propose("b");
    empty.apply(1);
    FakeLog.Entry second = log.next();
    assertThat(second.items()).containsExactly("a", "b");
    second.apply(2);
    assertThat(outcome(alone)).isEqualTo(committed(1));
    assertThat(outcome(a)).isEqualTo(committed(2, "a!"));
    assertThat(outcome(shared)).isEqualTo(committed(2));
    assertThat(outcome(b)).isEqualTo(committed(2, "b!"));
  }

  @Test
  void whoDoesNotLeadProposesNothing() throws Exception {
    log.leads = false;
    assertThat(outcome(propose("a")))
        .isEqualTo(new Outcome.NotLeader<>(Optional.of(FakeLog.OTHER)));
    assertThat(log.isQuiet()).isTrue();
  }

  @Test
  void whoLosesTheLeadRefusesWhatWaits() throws Exception {
    FakeLog.Entry busy = occupy();
    var waiting = propose("a");
    log.leads = false;
    busy.apply(1);
    assertThat(outcome(waiting)).isEqualTo(new Outcome.NotLeader<>(Optional.of(FakeLog.OTHER)));
    assertThat(log.isQuiet()).isTrue();
    log.leads = true;
    var _ = propose("b");
    assertThat(log.next().items()).containsExactly("b");
  }

  @Test
  void aRefusalBeforeTheAppendIsCertain() throws Exception {
    var a = propose("a");
    log.next().refuse(new LeaderNotReadyException(FakeLog.SELF));
    assertThat(outcome(a)).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
    var b = propose("b");
    log.next().refuse(new LeaderSteppingDownException("stepping down"));
    assertThat(outcome(b)).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
  }

  @Test
  void whatMayHaveBeenAppendedIsUnknown() throws Exception {
    var a = propose("a");
    log.next().refuse(new NotLeaderException(FakeLog.SELF, null, List.of()));
    assertThat(outcome(a)).isInstanceOf(Outcome.Unknown.class);
    var b = propose("b");
    log.next().refuse(new StateMachineException("failed"));
    assertThat(outcome(b)).isInstanceOf(Outcome.Unknown.class);
    var c = propose("c");
    log.next().reply().completeExceptionally(new IllegalStateException("closed"));
    assertThat(outcome(c)).isInstanceOf(Outcome.Unknown.class);
    var full = propose("full");
    log.next().reply().completeExceptionally(new ResourceUnavailableException("full"));
    assertThat(outcome(full)).isInstanceOf(Outcome.Unknown.class);
    var d = propose("d");
    log.next().applyWithRubbish();
    assertThat(outcome(d)).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void aLogThatCannotBeReachedIsUnknownAndDoesNotEndTheProposer() throws Exception {
    log.failsToSubmit = true;
    assertThat(outcome(propose("a"))).isInstanceOf(Outcome.Unknown.class);
    log.failsToSubmit = false;
    var _ = propose("b");
    assertThat(log.next().items()).containsExactly("b");
  }

  @Test
  void moreThanTheQueueHoldsIsRefused() throws Exception {
    FakeLog.Entry busy = occupy();
    for (int i = 0; i < QUEUED_MAX; i++) {
      var _ = propose("a");
    }
    assertThat(outcome(propose("b"))).isEqualTo(new Outcome.Overloaded<>());
    busy.apply(1);
    log.next();
    assertThat(propose("c").isDone()).isFalse();
  }

  @Test
  void closingRefusesWhatWaitsAndLeavesWhatIsInFlightItsAnswer() throws Exception {
    var a = propose("a");
    FakeLog.Entry inFlight = log.next();
    var waiting = propose("b");
    var large = proposer.propose(List.of("c"), BYTES_MAX + 1);
    proposer.close();
    assertThat(outcome(waiting)).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
    assertThat(outcome(large)).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
    assertThat(outcome(propose("late"))).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
    inFlight.apply(1);
    assertThat(outcome(a)).isEqualTo(committed(1, "a!"));
  }

  @Test
  void closingRefusesWhatDidNotFitTheLastEntry() throws Exception {
    FakeLog.Entry busy = occupy();
    var _ = propose("a");
    var left = proposer.propose(List.of("b"), BYTES_MAX);
    busy.apply(1);
    assertThat(log.next().items()).containsExactly("a");
    proposer.close();
    assertThat(outcome(left)).isEqualTo(new Outcome.NotLeader<>(Optional.empty()));
  }

  /** An entry in flight, so that what is proposed next waits. */
  private FakeLog.Entry occupy() throws InterruptedException {
    var _ = propose("busy");
    return log.next();
  }

  private CompletableFuture<Outcome<List<String>>> propose(String item) {
    return proposer.propose(List.of(item), 1);
  }

  private static Outcome<List<String>> outcome(CompletableFuture<Outcome<List<String>>> future)
      throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static Outcome<List<String>> committed(long index, String... results) {
    return new Outcome.Committed<>(List.of(results), new LogPosition(1, index));
  }
}
