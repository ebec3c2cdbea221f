package io.balsa.service.consensus;

import io.balsa.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Puts many proposals in one entry of a group's log. An entry costs about the same whatever its
 * size, so whatever arrives while earlier entries are in flight travels together in the next one:
 * batching by load, without timers. Each proposal has its own answer.
 *
 * <p>One thread forms the entries; {@link #propose} is safe on every thread and never blocks.
 *
 * @param <C> what is proposed
 * @param <R> what the state machine answers to each
 */
final class Proposer<C, R> implements AutoCloseable {
  /** Waiting proposals; one more is refused. */
  private static final int QUEUED_MAX = 4_096;

  private final Limits limits;
  private final Log<C, R> log;
  private final BlockingQueue<Proposal<C, R>> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
  private final Semaphore inFlight;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Bounds of an entry.
   *
   * @param itemsMax items in an entry, at least 1
   * @param bytesMax bytes in an entry; a larger item travels alone
   * @param inFlightMax entries on their way, at least 1
   */
  record Limits(int itemsMax, long bytesMax, int inFlightMax) {}

  /** The group's log as the proposer needs it. */
  interface Log<C, R> {
    /** True where this node leads the group. */
    boolean isLeader();

    /** Who leads, where known. */
    Optional<Member> leader();

    /** An entry of items; none for a barrier. */
    ByteString encode(List<C> items);

    /** Appends an entry. */
    CompletableFuture<RaftClientReply> submit(ByteString entry);

    /** What the state machine answered. */
    Reply<R> decode(ByteString reply);
  }

  /**
   * What the state machine answers to an entry.
   *
   * @param at the entry's position
   * @param results one an item; may be empty where items have no answer
   */
  record Reply<R>(LogPosition at, List<R> results) {}

  /**
   * Items that travel in one entry.
   *
   * @param items none to propose a barrier
   * @param bytes their size in the entry
   * @param outcome completed with one result an item
   */
  private record Proposal<C, R>(
      List<C> items, long bytes, CompletableFuture<Outcome<List<R>>> outcome) {}

  Proposer(String threadName, Limits limits, Log<C, R> log) {
    this.limits = limits;
    this.log = log;
    inFlight = new Semaphore(limits.inFlightMax());
    thread = Thread.ofPlatform().daemon().name(threadName).start(this::run);
  }

  /**
   * Proposes items for one entry.
   *
   * @param items none to propose a barrier; the future's list then is empty
   * @param bytes their size in the entry
   * @return never fails; a failure is an outcome
   */
  CompletableFuture<Outcome<List<R>>> propose(List<C> items, long bytes) {
    if (!log.isLeader()) {
      return CompletableFuture.completedFuture(new Outcome.NotLeader<>(log.leader()));
    }
    Proposal<C, R> proposal = new Proposal<>(items, bytes, new CompletableFuture<>());
    if (!queue.offer(proposal)) {
      return CompletableFuture.completedFuture(new Outcome.Overloaded<>());
    }
    if (closed && queue.remove(proposal)) {
      proposal.outcome.complete(new Outcome.NotLeader<>(Optional.empty()));
    }
    return proposal.outcome;
  }

  private void run() {
    Proposal<C, R> left = null;
    try {
      while (true) {
        inFlight.acquire();
        List<Proposal<C, R>> batch = new ArrayList<>();
        left = gather(left == null ? queue.take() : left, batch);
        send(batch);
      }
    } catch (InterruptedException e) {
      stop(left);
    }
  }

  /** Fills a batch with what is waiting; returns the first proposal that does not fit. */
  private @Nullable Proposal<C, R> gather(Proposal<C, R> first, List<Proposal<C, R>> batch) {
    batch.add(first);
    long items = first.items.size();
    long bytes = first.bytes;
    for (Proposal<C, R> next = queue.poll(); next != null; next = queue.poll()) {
      items += next.items.size();
      bytes += next.bytes;
      if (items > limits.itemsMax || bytes > limits.bytesMax) {
        return next;
      }
      batch.add(next);
    }
    return null;
  }

  private void send(List<Proposal<C, R>> batch) {
    if (!log.isLeader()) {
      inFlight.release();
      fail(batch, () -> new Outcome.NotLeader<>(log.leader()));
      return;
    }
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = log.submit(log.encode(batch.stream().flatMap(p -> p.items.stream()).toList()));
    } catch (RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    var _ =
        reply.whenComplete(
            (answer, problem) -> {
              inFlight.release();
              complete(batch, answer, problem);
            });
  }

  private void complete(
      List<Proposal<C, R>> batch, @Nullable RaftClientReply answer, @Nullable Throwable problem) {
    if (answer == null) {
      fail(batch, () -> new Outcome.Unknown<>(String.valueOf(problem)));
    } else if (answer.isSuccess()) {
      try {
        share(batch, log.decode(answer.getMessage().getContent()));
      } catch (RuntimeException e) {
        fail(batch, () -> new Outcome.Unknown<>("committed, but the answer is unreadable: " + e));
      }
    } else {
      fail(batch, () -> outcomeOf(answer.getException()));
    }
  }

  /** Gives each proposal its part of the results. */
  private void share(List<Proposal<C, R>> batch, Reply<R> reply) {
    int from = 0;
    for (Proposal<C, R> proposal : batch) {
      int to = reply.results.isEmpty() ? from : from + proposal.items.size();
      proposal.outcome.complete(
          new Outcome.Committed<>(List.copyOf(reply.results.subList(from, to)), reply.at));
      from = to;
    }
  }

  /**
   * What a refusal means. Ratis may say that it is not the leader, or out of resources, before the
   * entry was appended or after it, so neither is a certain refusal.
   */
  private Outcome<List<R>> outcomeOf(@Nullable Exception refusal) {
    if (refusal instanceof LeaderNotReadyException
        || refusal instanceof LeaderSteppingDownException) {
      return new Outcome.NotLeader<>(Optional.empty());
    }
    return new Outcome.Unknown<>(String.valueOf(refusal));
  }

  private void fail(List<Proposal<C, R>> batch, Supplier<Outcome<List<R>>> outcome) {
    batch.forEach(proposal -> proposal.outcome.complete(outcome.get()));
  }

  private void stop(@Nullable Proposal<C, R> left) {
    List<Proposal<C, R>> waiting = new ArrayList<>();
    if (left != null) {
      waiting.add(left);
    }
    queue.drainTo(waiting);
    fail(waiting, () -> new Outcome.NotLeader<>(Optional.empty()));
  }

  /** Stops the thread; what waits is refused, what is in flight still gets its answer. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
