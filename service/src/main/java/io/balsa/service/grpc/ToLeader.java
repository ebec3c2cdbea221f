package io.balsa.service.grpc;

import io.balsa.api.v1.ErrorReason;
import io.balsa.service.consensus.Group;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Brings a change to its group's leader, here or one hop away, until its outcome is known or the
 * time is over. Whatever is retried carries the same request id, so it happens once at most.
 * Thread-safe.
 */
final class ToLeader {
  private static final Duration PAUSE_MIN = Duration.ofMillis(10);
  private static final Duration PAUSE_MAX = Duration.ofMillis(200);

  /** An attempt that its deadline cuts off spoils what is known for sure, so it is not begun. */
  private static final Duration ATTEMPT_MIN = Duration.ofMillis(50);

  private final ClusterNode node;
  private final Forwarder forwarder;
  private final Pause pause;

  ToLeader(ClusterNode node, Forwarder forwarder, Pause pause) {
    this.node = node;
    this.forwarder = forwarder;
    this.pause = pause;
  }

  /** Waits between two attempts. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration length) throws InterruptedException;
  }

  /**
   * A change, in both of its forms.
   *
   * @param group that decides
   * @param requestId of the change, for the error that asks for a retry
   * @param hop how a leader elsewhere is asked
   * @param propose how the leader here is asked; gets the time left
   * @param addedBytes what it adds to the disks of the group's members; empty for a change that
   *     frees or adds next to nothing, which is taken on a full disk, too
   */
  record Change<Q, R>(
      Group group, String requestId, Hop<Q, R> hop, Proposal<R> propose, OptionalLong addedBytes) {}

  /** Asks the group on this node. */
  @FunctionalInterface
  interface Proposal<R> {
    /**
     * Checks and proposes.
     *
     * @param timeout positive
     * @throws InterruptedException before anything was proposed
     * @throws Refusal before anything was proposed, or the decision
     */
    Outcome<R> propose(Duration timeout) throws InterruptedException;
  }

  /**
   * A call to another node.
   *
   * @param method which
   * @param request what, with its request ids filled in
   */
  record Hop<Q, R>(MethodDescriptor<Q, R> method, Q request) {}

  /** What one attempt tells. */
  private sealed interface Attempt<R> {
    /** It is settled. */
    record Done<R>(R answer) implements Attempt<R> {}

    /** It certainly did not happen by this attempt, and may by another. */
    record NotNow<R>(Problem problem) implements Attempt<R> {}

    /** Nobody knows. */
    record Unknown<R>() implements Attempt<R> {}
  }

  /**
   * Settles a change.
   *
   * @throws Refusal OUTCOME_UNKNOWN where it may have happened; NO_LEADER, OVERLOADED or another
   *     passing problem where it certainly did not; or what the leader refused it with
   * @throws StatusRuntimeException a leader's answer that is not Balsa's, passed on
   */
  <Q, R> R settle(Change<Q, R> change, Budget budget) {
    boolean maybeHappened = false;
    Problem last = noLeader(change.group());
    Duration length = PAUSE_MIN;
    attempts:
    do {
      switch (attempt(change, budget)) {
        case Attempt.Done<R>(R answer) -> {
          return answer;
        }
        case Attempt.NotNow<R>(Problem problem) -> {
          last = problem;
          if (CallContext.isForwarded() || (!maybeHappened && isOverloaded(problem))) {
            break attempts; // Who sent it here, or its caller, does better than to wait.
          }
        }
        case Attempt.Unknown<R>() -> maybeHappened = true;
      }
      length = longer(length);
    } while (paused(length, budget));
    throw maybeHappened ? Problems.outcomeUnknown(change.requestId()).refusal() : last.refusal();
  }

  private <Q, R> Attempt<R> attempt(Change<Q, R> change, Budget budget) {
    Outcome<R> outcome;
    try {
      requireSpace(change);
      outcome = change.propose().propose(budget.left());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Attempt.NotNow<>(Problems.notServing());
    } catch (Refusal e) {
      return refused(e.problem());
    }
    return switch (outcome) {
      case Outcome.Committed<R>(R answer, var _) -> new Attempt.Done<>(answer);
      case Outcome.Overloaded<R>() -> new Attempt.NotNow<>(Problems.overloaded());
      case Outcome.Unknown<R>(String _) -> new Attempt.Unknown<>();
      case Outcome.NotLeader<R>(Optional<Member> leader) ->
          leader.filter(this::isElsewhere).isEmpty() || CallContext.isForwarded()
              ? new Attempt.NotNow<>(Problems.noLeader(change.group().name().text(), leader))
              : hop(change, leader.get(), budget);
    };
  }

  /** On the leader the bytes count; elsewhere a change is spared the way. */
  private void requireSpace(Change<?, ?> change) {
    if (change.addedBytes().isPresent()) {
      node.requireSpace(change.group().isLeader() ? change.addedBytes().getAsLong() : 0);
    }
  }

  /** This node may be elected and not ready yet. */
  private boolean isElsewhere(Member leader) {
    return !leader.peerId().equals(node.identity().member().peerId());
  }

  /** The same outcome, with another answer where there is one. */
  static <T, R> Outcome<R> mapped(Outcome<T> outcome, Function<Outcome.Committed<T>, R> answer) {
    return switch (outcome) {
      case Outcome.Committed<T> done -> new Outcome.Committed<>(answer.apply(done), done.at());
      case Outcome.NotLeader<T>(var leader) -> new Outcome.NotLeader<>(leader);
      case Outcome.Overloaded<T>() -> new Outcome.Overloaded<>();
      case Outcome.Unknown<T>(String why) -> new Outcome.Unknown<>(why);
    };
  }

  private <Q, R> Attempt<R> hop(Change<Q, R> change, Member leader, Budget budget) {
    Hop<Q, R> hop = change.hop();
    try {
      return new Attempt.Done<>(
          forwarder.call(
              hop.method(), leader, hop.request(), budget, () -> leads(leader, change.group())));
    } catch (StatusRuntimeException e) {
      return Problem.of(e).map(ToLeader::<R>refused).orElseGet(() -> unanswered(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Attempt.Unknown<>();
    }
  }

  /**
   * A refusal by the leader's front end, here or there. Where a retry may cure it, it speaks of its
   * attempt only, not of those before; else it is definite, since replies are kept by request id.
   */
  private static <R> Attempt<R> refused(Problem problem) {
    if (problem.reason() == ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN) {
      return new Attempt.Unknown<>();
    }
    if (problem.retryAfter().isPresent()) {
      return new Attempt.NotNow<>(problem);
    }
    throw problem.refusal();
  }

  /** No answer of Balsa's: the connection broke, or the time was over. */
  private static <R> Attempt<R> unanswered(StatusRuntimeException e) {
    Status.Code code = e.getStatus().getCode();
    if (code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || code == Status.Code.CANCELLED
        || code == Status.Code.UNKNOWN) {
      return new Attempt.Unknown<>();
    }
    throw e;
  }

  private static boolean isOverloaded(Problem problem) {
    return problem.code() == Status.Code.RESOURCE_EXHAUSTED;
  }

  /** An election leaves no leader for a moment; only a successor proves that one is gone. */
  private static boolean leads(Member leader, Group group) {
    return !group.isLeader() && group.leader().map(leader::equals).orElse(true);
  }

  private static Problem noLeader(Group group) {
    return Problems.noLeader(group.name().text(), group.leader());
  }

  /** Waits and tells whether there is time for another attempt, else does not wait. */
  private boolean paused(Duration length, Budget budget) {
    if (budget.isOver() || budget.left().compareTo(length.plus(ATTEMPT_MIN)) < 0) {
      return false;
    }
    try {
      pause.pause(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !budget.isOver();
  }

  private static Duration longer(Duration length) {
    Duration twice = length.multipliedBy(2);
    return twice.compareTo(PAUSE_MAX) < 0 ? twice : PAUSE_MAX;
  }
}
