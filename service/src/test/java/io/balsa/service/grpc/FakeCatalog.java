package io.balsa.service.grpc;

import io.balsa.catalog.ClosableView;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.freshness.FreshnessGate;
import io.balsa.service.freshness.NotFresh;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;

/** A replica of the catalog. */
final class FakeCatalog implements CatalogGroup {
  private final FakeNode node;
  private final FreshnessGate gate;

  /** Null during an election. */
  volatile Member leader;

  volatile MapCatalog applied = MapCatalog.EMPTY;
  volatile boolean allVoters = true;

  /** False: the leader does not confirm to this node. */
  volatile boolean confirms = true;

  /** Barriers of this replica that were confirmed. */
  volatile int barriers;

  /** What the next proposals do instead of being committed. */
  final Deque<Function<List<Envelope>, Outcome<List<Decision>>>> script =
      new ConcurrentLinkedDeque<>();

  FakeCatalog(FakeNode node) {
    this.node = node;
    this.gate =
        new FreshnessGate(this::barrier, this::awaitApplied, node.executor, System::nanoTime);
  }

  private synchronized LogPosition barrier() throws NotFresh {
    if (!confirms) {
      throw new NotFresh("the leader does not answer");
    }
    barriers++;
    if (node.lagging) {
      node.catchUp();
    }
    return applied.head().applied();
  }

  private void awaitApplied(long index) throws NotFresh {
    if (applied.head().applied().index() < index) {
      throw new NotFresh("lagging");
    }
  }

  @Override
  public Outcome<List<Decision>> propose(List<Envelope> commands, Duration timeout) {
    node.cluster.proposed.addAll(commands);
    Function<List<Envelope>, Outcome<List<Decision>>> scripted = script.poll();
    if (scripted != null) {
      return scripted.apply(commands);
    }
    return isLeader() ? committed(commands) : new Outcome.NotLeader<>(leader());
  }

  Outcome<List<Decision>> committed(List<Envelope> commands) {
    List<Decision> decisions = node.cluster.commit(commands);
    return new Outcome.Committed<>(decisions, node.cluster.committed.head().applied());
  }

  @Override
  public ClosableView view() {
    return applied;
  }

  @Override
  public boolean awaitRevision(long revision, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    node.cluster.lock.lock();
    try {
      while (applied.head().revision() < revision) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        var _ = node.cluster.changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      node.cluster.lock.unlock();
    }
  }

  @Override
  public GroupName name() {
    return GroupName.CATALOG;
  }

  @Override
  public boolean isLeader() {
    return node.member().equals(leader);
  }

  @Override
  public Optional<Member> leader() {
    return Optional.ofNullable(leader);
  }

  @Override
  public FreshnessGate gate() {
    return gate;
  }

  @Override
  public Outcome<LogPosition> confirm(Duration timeout) {
    return isLeader()
        ? new Outcome.Committed<>(applied.head().applied(), applied.head().applied())
        : new Outcome.NotLeader<>(leader());
  }

  @Override
  public boolean awaitAll(long index, Duration timeout) {
    return allVoters;
  }
}
