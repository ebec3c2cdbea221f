package io.balsa.client.routing;

import com.google.protobuf.MessageLite;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.routing.Attempt.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pursues one call until it is settled: the retry and hedging policy. Runs once, on the caller's
 * thread; gRPC's threads only add to the queue of events.
 *
 * <p>A round tries each node at most once, without pauses; between rounds it backs off. Silence
 * makes it look elsewhere: a read goes to the next node as well; a mutation goes to a second node
 * only where another one claims the leadership, or where the first was not even reached. Every
 * attempt of a mutation carries the same request id, so that all of them together happen at most
 * once.
 */
final class Pursuit<Q, A extends MessageLite, R> {
  private static final int IN_FLIGHT_MAX = 3;
  private static final int BLEAK_ROUNDS_MAX = 3;
  private static final int BULKY_SILENCES = 3;
  private static final long SETTLE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Call<Q, A, R> call;
  private final Nodes nodes;
  private final Leaders leaders;
  private final Scout scout;
  private final Timing timing;
  private final Course course;
  private final long deadlineAtNanos;
  // At most one event an attempt and one an answer to the scout, so bounded by the deadline.
  private final LinkedBlockingQueue<Event<Q, A>> events = new LinkedBlockingQueue<>();
  private final List<Attempt<Q, A>> inFlight = new ArrayList<>();

  private long hedgeAtNanos;
  private long resumeAtNanos;
  private int hedges;
  private int rounds;
  private int bleakRounds;
  private boolean hope;
  private boolean mayHaveHappened;
  private @Nullable Refusal bleak;
  private @Nullable Refusal last;

  private sealed interface Event<Q, A extends MessageLite> {
    record Ended<Q, A extends MessageLite>(Attempt<Q, A> attempt, End<A> end)
        implements Event<Q, A> {}

    record Looked<Q, A extends MessageLite>() implements Event<Q, A> {}
  }

  Pursuit(Call<Q, A, R> call, Nodes nodes, Leaders leaders, Scout scout, Timing timing) {
    this.call = call;
    this.nodes = nodes;
    this.leaders = leaders;
    this.scout = scout;
    this.timing = timing;
    this.course = new Course(call.aim(), call.extent().bulky(), nodes, leaders);
    this.deadlineAtNanos = timing.now() + timing.deadline().toNanos();
  }

  Result<R> run() {
    Runnable onLook = () -> events.add(new Event.Looked<>());
    scout.addListener(onLook);
    try {
      hedgeAtNanos = timing.now() + timing.hedgeNanos(0, isBulkyRead());
      resumeAtNanos = timing.now();
      if (!sendNext()) {
        return settle("the client is closed or knows too many nodes");
      }
      Optional<Result<R>> end = Optional.empty();
      while (end.isEmpty()) {
        end = step();
      }
      return end.get();
    } catch (InterruptedException e) {
      Result<R> result = settle("the caller was interrupted");
      Thread.currentThread().interrupt();
      return result;
    } finally {
      scout.removeListener(onLook);
      inFlight.forEach(Attempt::cancel);
    }
  }

  private Optional<Result<R>> step() throws InterruptedException {
    long now = timing.now();
    if (now - deadlineAtNanos >= 0) {
      return Optional.of(settle("no answer before the deadline"));
    }
    long wakeAt = inFlight.isEmpty() ? resumeAtNanos : hedgeAtNanos;
    long pause = Math.min(wakeAt - now, deadlineAtNanos - now);
    Event<Q, A> event = events.poll(Math.max(0, pause), TimeUnit.NANOSECONDS);
    return switch (event) {
      case null -> onSilence(timing.now());
      case Event.Looked<Q, A>() -> onLooked();
      case Event.Ended<Q, A>(var attempt, End.Answered<A>(var answers)) ->
          onAnswers(attempt, answers);
      case Event.Ended<Q, A>(var attempt, End.Failed<A>(var failure)) ->
          onFailure(attempt, failure);
    };
  }

  private Optional<Result<R>> onSilence(long now) {
    if (inFlight.isEmpty()) {
      if (now - resumeAtNanos >= 0) {
        rounds++;
        hope = false;
        course.newRound(List.of());
        sendNext();
      }
    } else if (now - hedgeAtNanos >= 0) {
      hedge(now);
    }
    return Optional.empty();
  }

  private void hedge(long now) {
    hedges++;
    switch (call.aim()) {
      case Aim.Only only -> {}
      case Aim.Nearest nearest -> {
        boolean moving = call.extent().bulky() && inFlight.stream().anyMatch(Attempt::isAnswering);
        if (!moving) {
          // The next reads need not find out again that these nodes are silent.
          inFlight.forEach(attempt -> attempt.node().failed(now));
        }
        if (!moving && !sendNext()) {
          // The others failed in this round and the first is silent: the others again.
          course.newRound(busy());
          sendNext();
        }
      }
      case Aim.Leader leader -> {
        if (inFlight.stream().noneMatch(Attempt::isHandedOver)) {
          sendNext();
        }
        scout.ask();
      }
    }
    // Asking for a new leader is cheap and shared, so its pace does not slow down.
    int doublings = isForLeader() ? 0 : hedges;
    hedgeAtNanos = now + timing.hedgeNanos(doublings, isBulkyRead());
  }

  /**
   * News of the leaders. They matter only after a silence: before that the first attempt is simply
   * on its way, perhaps forwarded. A bulky request is not sent twice for less than three silences.
   */
  private Optional<Result<R>> onLooked() {
    int silences = call.extent().bulky() ? BULKY_SILENCES : 1;
    if (!inFlight.isEmpty() && hedges >= silences) {
      course
          .believedLeader()
          .filter(node -> !busy().contains(node.endpoint()))
          .ifPresent(this::send);
    }
    return Optional.empty();
  }

  private Optional<Result<R>> onAnswers(Attempt<Q, A> attempt, List<A> answers) {
    try {
      R value = call.decoder().apply(answers);
      if (!call.extent().bulky()) {
        attempt.node().answered(timing.now() - attempt.startedNanos());
      }
      inFlight.remove(attempt);
      return Optional.of(Result.yes(value));
    } catch (IllegalArgumentException e) {
      return onFailure(attempt, Failure.wrongAnswer("wrong answer: " + e.getMessage()));
    }
  }

  private Optional<Result<R>> onFailure(Attempt<Q, A> attempt, Failure failure) {
    note(attempt, failure);
    switch (failure.sense()) {
      case REFUSED -> {
        return Optional.of(refused(failure));
      }
      case NOT_HERE -> bleak = failure.refusal();
      case NOT_NOW -> hope |= !failure.isUnreached();
    }
    if (nodes.isClosed()) {
      return Optional.of(settle("the client is closed"));
    }
    if (call.watcher().isPresent()) {
      return Optional.of(Result.no(failure.refusal()));
    }
    if (isPinnedRead() && !failure.refusal().is(Failure.NO_LEADER) && !failure.isOverloaded()) {
      return Optional.of(Result.no(failure.refusal()));
    }
    // A group's leader that is overloaded is so through every node.
    boolean elsewhere = !isForLeader() || !failure.isOverloaded();
    if (course.nextLeader().map(this::send).orElse(false)
        || !inFlight.isEmpty()
        || (elsewhere && sendNext())) {
      return Optional.empty();
    }
    return endRound(failure);
  }

  private void note(Attempt<Q, A> attempt, Failure failure) {
    inFlight.remove(attempt);
    last = failure.refusal();
    mayHaveHappened |= failure.mayHaveHappened();
    if (failure.isUnreached()) {
      attempt.node().failed(timing.now());
    }
    if (call.aim() instanceof Aim.Leader(String group)) {
      if (failure.isUnreached() || failure.refusal().is(Failure.NO_LEADER)) {
        leaders.denied(group, attempt.node().endpoint());
      }
      failure.leader().ifPresent(leader -> leaders.hinted(group, leader));
    }
  }

  /** Every node of the round failed: gives up where none can ever do it, else backs off. */
  private Optional<Result<R>> endRound(Failure failure) {
    bleakRounds = bleak != null && !hope ? bleakRounds + 1 : 0;
    if (bleakRounds >= BLEAK_ROUNDS_MAX) {
      return Optional.of(settle("no node can do it"));
    }
    long asked = failure.refusal().retryAfter().map(Duration::toNanos).orElse(0L);
    long pause = Math.max(timing.backoffNanos(rounds), asked);
    resumeAtNanos = timing.now() + pause;
    return resumeAtNanos - deadlineAtNanos >= 0
        ? Optional.of(settle("no node could do it before the deadline"))
        : Optional.empty();
  }

  /**
   * A refusal with a reason is a decision under the request id, which holds for every attempt. One
   * without came from the way there, and says nothing of attempts before.
   */
  private Result<R> refused(Failure failure) {
    boolean decided = !failure.refusal().reason().isEmpty();
    boolean unsettled = mayHaveHappened || inFlight.stream().anyMatch(Attempt::isHandedOver);
    return decided || call.isRead() || !unsettled
        ? Result.no(failure.refusal())
        : Result.unknown(call.requestId().orElseThrow(), failure.refusal().toString());
  }

  /**
   * Ends without an answer. Cancels what is in flight and waits for that to end, since only then it
   * is certain whether a request has left this process. An answer that comes meanwhile counts.
   */
  private Result<R> settle(String why) {
    inFlight.forEach(Attempt::cancel);
    while (!inFlight.isEmpty() && !call.isRead()) {
      Event<Q, A> event;
      try {
        event = events.poll(SETTLE_NANOS, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // Whoever interrupts does not want to wait; run() restores the interrupt where it began.
        Thread.currentThread().interrupt();
        event = null;
      }
      switch (event) {
        case null -> {
          mayHaveHappened = true;
          inFlight.clear();
        }
        case Event.Looked<Q, A>() -> {}
        case Event.Ended<Q, A>(var attempt, End.Answered<A>(var answers)) -> {
          Optional<Result<R>> late = decodeLate(attempt, answers);
          if (late.isPresent()) {
            return late.get();
          }
        }
        case Event.Ended<Q, A>(var attempt, End.Failed<A>(var failure)) -> {
          inFlight.remove(attempt);
          mayHaveHappened |= failure.mayHaveHappened();
        }
      }
    }
    return verdict(why);
  }

  private Optional<Result<R>> decodeLate(Attempt<Q, A> attempt, List<A> answers) {
    inFlight.remove(attempt);
    try {
      return Optional.of(Result.yes(call.decoder().apply(answers)));
    } catch (IllegalArgumentException e) {
      mayHaveHappened = true;
      return Optional.empty();
    }
  }

  private Result<R> verdict(String why) {
    Refusal known = bleak != null ? bleak : last;
    if (mayHaveHappened && !call.isRead()) {
      String cause = known == null ? "" : " (" + known + ")";
      return Result.unknown(call.requestId().orElseThrow(), why + cause);
    }
    if (known != null) {
      return Result.no(known);
    }
    boolean late = timing.now() - deadlineAtNanos >= 0;
    RefusalCode code = late ? RefusalCode.DEADLINE_EXCEEDED : RefusalCode.CANCELLED;
    return Result.no(Refusal.of(code, "", why));
  }

  private boolean sendNext() {
    return inFlight.size() < IN_FLIGHT_MAX && course.next().map(this::send).orElse(false);
  }

  private boolean send(Node node) {
    if (inFlight.size() >= IN_FLIGHT_MAX) {
      return false;
    }
    var terms = new Attempt.Terms(call.extent().answerBytesMax(), timing.now(), deadlineAtNanos);
    Attempt<Q, A> attempt =
        new Attempt<>(
            node,
            call.method(),
            terms,
            call.watcher(),
            (ended, end) -> events.add(new Event.Ended<>(ended, end)));
    inFlight.add(attempt);
    course.tries(node);
    attempt.start(call.request());
    return true;
  }

  private List<Endpoint> busy() {
    return inFlight.stream().map(attempt -> attempt.node().endpoint()).toList();
  }

  private boolean isForLeader() {
    return call.aim() instanceof Aim.Leader;
  }

  private boolean isBulkyRead() {
    return !isForLeader() && call.extent().bulky();
  }

  private boolean isPinnedRead() {
    return call.isRead() && call.aim() instanceof Aim.Only;
  }
}
