package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.replica.Progress;
import io.balsa.service.freshness.FreshnessGate;
import io.balsa.service.freshness.NotFresh;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftClientReply;

/**
 * What both kinds of group share: who leads, confirming an index, waiting for all voters, and the
 * gate of this node's replica. Thread-safe.
 */
final class GroupConsensus {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** An attempt is short, since the leader that is believed in may be gone. */
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(1);

  private final RatisNode ratis;
  private final GroupName name;
  private final Duration barrierTimeout;
  private final GroupWiring.RemoteConfirm remote;
  private final Progress applied;
  private final FreshnessGate gate;

  /** Asks this node's proposer for a barrier; see {@link Group#confirm}. */
  @FunctionalInterface
  interface LocalConfirm {
    Outcome<LogPosition> confirm(Duration timeout);
  }

  GroupConsensus(
      RatisNode ratis, GroupName name, Progress applied, GroupWiring wiring, LocalConfirm local) {
    this.ratis = ratis;
    this.name = name;
    this.applied = applied;
    barrierTimeout = wiring.barrierTimeout();
    remote = wiring.remote();
    gate =
        new FreshnessGate(
            () -> confirmAnywhere(local), this::awaitApplied, wiring.executor(), System::nanoTime);
  }

  GroupName name() {
    return name;
  }

  boolean isLeader() {
    return ratis.isLeader(name);
  }

  Optional<Member> leader() {
    return ratis.leader(name);
  }

  FreshnessGate gate() {
    return gate;
  }

  /** Makes this replica learn soon what is committed. */
  void nudge() {
    ratis.nudge(name);
  }

  /** Waits for an outcome; a time that is over is {@link Outcome.Unknown}. */
  static <T> Outcome<T> await(CompletableFuture<Outcome<T>> outcome, Duration timeout) {
    try {
      return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Outcome.Unknown<>("no answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      return new Outcome.Unknown<>(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown<>("the node is stopping");
    }
  }

  /** Waits until every voter has synced {@code index}. */
  boolean awaitAll(long index, Duration timeout) {
    try {
      RaftClientReply reply =
          ratis.watchAll(name, index).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return reply.isSuccess();
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The position of a committed entry, as an outcome of its own. */
  static <R> Outcome<LogPosition> positionOf(Outcome<List<R>> outcome) {
    return switch (outcome) {
      case Outcome.Committed<List<R>>(var _, LogPosition at) -> new Outcome.Committed<>(at, at);
      case Outcome.NotLeader<List<R>>(Optional<Member> leader) -> new Outcome.NotLeader<>(leader);
      case Outcome.Overloaded<List<R>>() -> new Outcome.Overloaded<>();
      case Outcome.Unknown<List<R>>(String why) -> new Outcome.Unknown<>(why);
    };
  }

  /** Asks whoever leads, again and again while leadership moves, until the time is over. */
  private LogPosition confirmAnywhere(LocalConfirm local) throws NotFresh, InterruptedException {
    long deadlineNanos = System.nanoTime() + barrierTimeout.toNanos();
    String why = "no leader of " + name + " is known";
    while (true) {
      Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
      if (!left.isPositive()) {
        throw new NotFresh(why);
      }
      Optional<Outcome<LogPosition>> outcome = ask(local, left);
      if (outcome.isPresent()) {
        if (outcome.get() instanceof Outcome.Committed<LogPosition>(LogPosition at, var _)) {
          return at;
        }
        why = "the leader of " + name + " did not confirm: " + outcome.get();
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(RETRY_NANOS, Math.max(0, left.toNanos())));
    }
  }

  private Optional<Outcome<LogPosition>> ask(LocalConfirm local, Duration left) {
    Duration attempt = left.compareTo(ATTEMPT_MAX) < 0 ? left : ATTEMPT_MAX;
    if (isLeader()) {
      return Optional.of(local.confirm(attempt));
    }
    return leader()
        .filter(member -> !member.peerId().equals(ratis.selfPeerId()))
        .map(member -> remote.confirm(member, name, attempt));
  }

  private void awaitApplied(long index) throws NotFresh, InterruptedException {
    if (applied.reached() < index) {
      ratis.nudge(name);
    }
    if (!applied.await(index, barrierTimeout)) {
      throw new NotFresh(
          "this replica of " + name + " has applied " + applied.reached() + ", not " + index);
    }
  }
}
