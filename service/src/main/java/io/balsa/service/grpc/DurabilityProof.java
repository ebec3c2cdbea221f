package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.ConfirmIndexRequest;
import io.balsa.api.v1.ConfirmIndexResponse;
import io.balsa.api.v1.Durability;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds out how durable a committed write is. Whatever cannot be proven in time is not claimed; it
 * is never an error, since the write is committed. Thread-safe.
 */
final class DurabilityProof {
  private final Forwarder forwarder;
  private final Executor executor;
  private final Duration watchTimeout;
  private final Consumer<Throwable> defects;

  /**
   * Makes one.
   *
   * @param executor one virtual thread a task
   * @param defects is told why a proof failed by a defect
   */
  DurabilityProof(
      Forwarder forwarder, Executor executor, Duration watchTimeout, Consumer<Throwable> defects) {
    this.forwarder = forwarder;
    this.executor = executor;
    this.watchTimeout = watchTimeout;
    this.defects = defects;
  }

  /** The numbers of all chunk groups. */
  static Set<Integer> allOf(ClusterNode.Groups groups) {
    return IntStream.rangeClosed(1, groups.chunks().size()).boxed().collect(Collectors.toSet());
  }

  /**
   * Proves what can be proven.
   *
   * @param index of the write's entry in the catalog, which this node leads
   * @param touched chunk groups whose entries before now count, too
   * @param asked never UNSPECIFIED
   */
  Durability prove(
      ClusterNode.Groups groups,
      long index,
      Set<Integer> touched,
      Durability asked,
      Budget budget) {
    if (asked != Durability.DURABILITY_ALL) {
      return Durability.DURABILITY_MAJORITY;
    }
    Budget within = budget.atMost(watchTimeout);
    List<FutureTask<Boolean>> chunks = new ArrayList<>();
    for (int group : touched) {
      FutureTask<Boolean> task = new FutureTask<>(() -> isOnAll(groups.chunks(group), within));
      chunks.add(task);
      executor.execute(Context.current().wrap(task));
    }
    boolean all = groups.catalog().awaitAll(index, within.left());
    for (FutureTask<Boolean> task : chunks) {
      all = all && holds(task, within);
    }
    // Where one is missing, the others need not be known.
    chunks.forEach(task -> task.cancel(true));
    return all ? Durability.DURABILITY_ALL : Durability.DURABILITY_MAJORITY;
  }

  private boolean holds(FutureTask<Boolean> task, Budget within) {
    try {
      return task.get(within.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      return false;
    } catch (ExecutionException e) {
      defects.accept(e.getCause());
      return false;
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean isOnAll(ChunkGroup group, Budget within) throws InterruptedException {
    return switch (group.confirm(within.left())) {
      case Outcome.Committed<LogPosition>(LogPosition at, var _) ->
          group.awaitAll(at.index(), within.left());
      case Outcome.NotLeader<LogPosition>(Optional<Member> leader) ->
          leader.isPresent() && isOnAll(group, leader.get(), within);
      case Outcome.Overloaded<LogPosition>(), Outcome.Unknown<LogPosition>(String _) -> false;
    };
  }

  private boolean isOnAll(ChunkGroup group, Member leader, Budget within)
      throws InterruptedException {
    try {
      ConfirmIndexResponse answer =
          forwarder.call(
              ClusterGrpc.getConfirmIndexMethod(),
              leader,
              ConfirmIndexRequest.newBuilder()
                  .setGroup(group.name().text())
                  .setDurability(Durability.DURABILITY_ALL)
                  .build(),
              within);
      return answer.getDurability() == Durability.DURABILITY_ALL;
    } catch (StatusRuntimeException e) {
      return false; // Whatever kept it from answering, it proves nothing.
    }
  }
}
