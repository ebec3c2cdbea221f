package io.balsa.service.grpc;

import io.balsa.api.v1.CollectionGrpc;
import io.balsa.api.v1.RemoveChunksRequest;
import io.balsa.api.v1.RemoveChunksResponse;
import io.balsa.catalog.ChunkRow;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.service.collection.ChunkRemoval;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Has chunks removed by their group's leader, here or one hop away. Whoever leads looks into its
 * own replica of the catalog first, so that no caller can have a chunk removed that the catalog has
 * not given up. Thread-safe.
 */
final class ChunkRemovals implements ChunkRemoval {
  private final FreshReads reads;
  private final ToLeader toLeader;
  private final Duration requestTimeout;

  ChunkRemovals(FreshReads reads, ToLeader toLeader, Duration requestTimeout) {
    this.reads = reads;
    this.toLeader = toLeader;
    this.requestTimeout = requestTimeout;
  }

  @Override
  public Optional<LogPosition> remove(int group, long removal, List<ChunkId> chunks) {
    RemoveChunksRequest.Builder request =
        RemoveChunksRequest.newBuilder().setGroup(group).setRemoval(removal);
    chunks.forEach(id -> request.addIds(Answers.digest(id.sha256())));
    try {
      RemoveChunksResponse done = remove(request.build(), chunks, Budget.ofCall(requestTimeout));
      return Optional.of(new LogPosition(done.getTerm(), done.getIndex()));
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  /**
   * Removes chunks.
   *
   * @param request as another node would get it
   * @param chunks the same
   * @throws Refusal as {@link ToLeader#settle}; NOT_FRESH where the leader's replica of the catalog
   *     has not given all of them up under this number, or not any more
   */
  RemoveChunksResponse remove(RemoveChunksRequest request, List<ChunkId> chunks, Budget budget) {
    ClusterNode.Groups groups = reads.groups();
    ChunkGroup group = groups.chunks(request.getGroup());
    return toLeader.settle(
        new ToLeader.Change<>(
            group,
            "removal-" + request.getRemoval(),
            new ToLeader.Hop<>(CollectionGrpc.getRemoveChunksMethod(), request),
            timeout -> {
              if (group.isLeader()) {
                requireGivenUp(groups, request, chunks);
              }
              return ToLeader.mapped(
                  await(group.remove(request.getRemoval(), chunks), timeout),
                  committed ->
                      RemoveChunksResponse.newBuilder()
                          .setTerm(committed.value().term())
                          .setIndex(committed.value().index())
                          .build());
            },
            OptionalLong.empty()),
        budget);
  }

  private static Outcome<LogPosition> await(
      CompletableFuture<Outcome<LogPosition>> outcome, Duration timeout)
      throws InterruptedException {
    try {
      return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return new Outcome.Unknown<>(String.valueOf(e));
    }
  }

  private static void requireGivenUp(
      ClusterNode.Groups groups, RemoveChunksRequest request, List<ChunkId> chunks) {
    try (var view = groups.catalog().view()) {
      for (ChunkId id : chunks) {
        boolean isGivenUp =
            view.chunk(id)
                .filter(row -> row.state() == ChunkRow.State.DELETING)
                .filter(row -> row.group() == request.getGroup())
                .filter(row -> row.since() == request.getRemoval())
                .isPresent();
        if (!isGivenUp) {
          throw Problems.notGivenUp(id).refusal();
        }
      }
    }
  }
}
