package io.balsa.service.grpc;

import io.balsa.api.v1.CollectRequest;
import io.balsa.api.v1.CollectResponse;
import io.balsa.api.v1.CollectStep;
import io.balsa.api.v1.CollectionGrpc;
import io.balsa.api.v1.RemoveChunksRequest;
import io.balsa.api.v1.RemoveChunksResponse;
import io.balsa.model.ChunkId;
import io.balsa.service.collection.ChunkRemoval;
import io.balsa.service.collection.Collector;
import io.balsa.service.collection.RoundProgress;
import io.balsa.service.collection.RoundStopped;
import io.balsa.service.consensus.CatalogGroup;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;

/** Freeing space. Thread-safe. */
final class CollectionService extends CollectionGrpc.CollectionImplBase {
  private final Calls calls;
  private final ClusterNode node;
  private final ChunkRemovals removals;
  private final Duration stallTimeout;

  CollectionService(Calls calls, ClusterNode node, ChunkRemovals removals, Duration stallTimeout) {
    this.calls = calls;
    this.node = node;
    this.removals = removals;
    this.stallTimeout = stallTimeout;
  }

  @Override
  public void collect(CollectRequest request, StreamObserver<CollectResponse> out) {
    var call = (ServerCallStreamObserver<CollectResponse>) out;
    ReadyStream<CollectResponse> stream = new ReadyStream<>(call, stallTimeout);
    calls.stream(call, () -> collect(request, stream));
  }

  private void collect(CollectRequest request, ReadyStream<CollectResponse> out)
      throws InterruptedException {
    Collector collector = node.collector().orElseThrow(() -> Problems.notInitialized().refusal());
    CatalogGroup catalog =
        node.groups().orElseThrow(() -> Problems.notInitialized().refusal()).catalog();
    if (!catalog.isLeader()) {
      throw Problems.noLeader(catalog.name().text(), catalog.leader()).refusal();
    }
    try {
      var _ = collector.collect(request.getNow(), progress -> send(out, progress));
    } catch (RoundStopped e) {
      throw Problems.roundStopped(String.valueOf(e.getMessage())).refusal();
    }
  }

  private static void send(ReadyStream<CollectResponse> out, RoundProgress progress) {
    try {
      out.send(
          CollectResponse.newBuilder()
              .setStep(
                  switch (progress.step()) {
                    case ROWS -> CollectStep.COLLECT_STEP_ROWS;
                    case ORPHANS -> CollectStep.COLLECT_STEP_ORPHANS;
                    case CHUNKS -> CollectStep.COLLECT_STEP_CHUNKS;
                    case DONE -> CollectStep.COLLECT_STEP_DONE;
                  })
              .setFloor(progress.floor())
              .setRowsSwept(progress.rowsSwept())
              .setChunksCondemned(progress.chunksCondemned())
              .setChunksRemoved(progress.chunksRemoved())
              .build());
    } catch (InterruptedException e) {
      // The round's next step ends it.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void removeChunks(RemoveChunksRequest request, StreamObserver<RemoveChunksResponse> out) {
    calls.answer(
        out,
        budget -> {
          Fields.number("removal", request.getRemoval(), 1, Long.MAX_VALUE);
          Fields.number("ids", request.getIdsCount(), 1, ChunkRemoval.CHUNKS_MAX);
          List<ChunkId> ids =
              request.getIdsList().stream().map(id -> Fields.chunkId("ids", id)).toList();
          return removals.remove(request, ids, budget);
        });
  }
}
