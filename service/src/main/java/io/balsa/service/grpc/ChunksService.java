package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.Chunk;
import io.balsa.api.v1.ChunkPlace;
import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetChunksResponse;
import io.balsa.api.v1.HaveChunksRequest;
import io.balsa.api.v1.HaveChunksResponse;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.api.v1.PutChunksResponse;
import io.balsa.catalog.ClosableView;
import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.Sha256;
import io.balsa.service.consensus.ChunkGroup.Payload;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Chunks. Thread-safe. */
final class ChunksService extends ChunksGrpc.ChunksImplBase {
  private static final int RANGES_MAX = 256;

  private final Calls calls;
  private final FreshReads reads;
  private final ChunkStore store;
  private final ChunkFetch fetch;
  private final Duration stallTimeout;

  ChunksService(
      Calls calls, FreshReads reads, ChunkStore store, ChunkFetch fetch, Duration stallTimeout) {
    this.calls = calls;
    this.reads = reads;
    this.store = store;
    this.fetch = fetch;
    this.stallTimeout = stallTimeout;
  }

  @Override
  public void haveChunks(HaveChunksRequest request, StreamObserver<HaveChunksResponse> out) {
    calls.answer(
        out,
        _ -> {
          Fields.number("ids", request.getIdsCount(), 1, Limits.ENTRY_CHUNKS_MAX);
          List<ChunkId> ids =
              request.getIdsList().stream().map(id -> Fields.chunkId("ids", id)).toList();
          return places(ids);
        });
  }

  private HaveChunksResponse places(List<ChunkId> ids) {
    ClusterNode.Groups groups = reads.groups();
    HaveChunksResponse.Builder answer = HaveChunksResponse.newBuilder();
    try (ClosableView view = groups.catalog().view()) {
      for (ChunkId id : ids) {
        ChunkPlacement place = ChunkPlacement.of(view, groups, id);
        answer.addPlaces(
            ChunkPlace.newBuilder().setGroup(place.group()).setPresent(place.present()));
      }
    }
    return answer.build();
  }

  @Override
  public void putChunks(PutChunksRequest request, StreamObserver<PutChunksResponse> out) {
    calls.answer(
        out,
        budget -> {
          Fields.number("chunks", request.getChunksCount(), 1, Limits.ENTRY_CHUNKS_MAX);
          List<Payload> payloads = payloads(request.getChunksList());
          return store.put(request, payloads, budget);
        });
  }

  private static List<Payload> payloads(List<Chunk> chunks) {
    List<Payload> payloads = new ArrayList<>(chunks.size());
    long bytes = 0;
    for (Chunk chunk : chunks) {
      ChunkId id = Fields.chunkId("chunks.id", chunk.getId());
      Fields.number("chunks.data bytes", chunk.getData().size(), 1, Limits.CHUNK_BYTES_MAX);
      bytes += chunk.getData().size();
      payloads.add(new Payload(id, chunk.getData().asReadOnlyByteBuffer()));
    }
    if (bytes > Limits.ENTRY_PAYLOAD_BYTES_MAX) {
      throw Problems.tooLarge("chunk bytes", bytes, Limits.ENTRY_PAYLOAD_BYTES_MAX).refusal();
    }
    for (Payload payload : payloads) {
      Sha256 computed = Sha256.of(payload.bytes());
      if (!computed.equals(payload.id().sha256())) {
        throw Problems.checksumMismatch("their id", payload.id().toString(), computed.toString())
            .refusal();
      }
    }
    return payloads;
  }

  @Override
  public void getChunks(GetChunksRequest request, StreamObserver<GetChunksResponse> out) {
    var call = (ServerCallStreamObserver<GetChunksResponse>) out;
    ReadyStream<GetChunksResponse> stream = new ReadyStream<>(call, stallTimeout);
    calls.stream(call, () -> send(request, stream));
  }

  private void send(GetChunksRequest request, ReadyStream<GetChunksResponse> out)
      throws InterruptedException {
    Fields.number("ranges", request.getRangesCount(), 1, RANGES_MAX);
    for (ChunkRange range : request.getRangesList()) {
      var _ = Fields.chunkId("ranges.id", range.getId());
      var _ = reads.groups().chunks(range.getGroup());
    }
    // One chunk at a time, whose length is not known before it is here.
    if (!CallContext.permit().tryGrow(Limits.CHUNK_BYTES_MAX)) {
      throw Problems.tooManyBytes().refusal();
    }
    for (int i = 0; i < request.getRangesCount(); i++) {
      ChunkRange range = request.getRanges(i);
      ChunkId id = Fields.chunkId("ranges.id", range.getId());
      ByteString data =
          UnsafeByteOperations.unsafeWrap(
              cut(fetch.fetch(id, range.getGroup(), calls.step()), range));
      int at = 0;
      do {
        int end = Math.min(data.size(), at + ObjectDownload.FRAME_BYTES_MAX);
        out.send(
            GetChunksResponse.newBuilder().setRange(i).setData(data.substring(at, end)).build());
        at = end;
      } while (at < data.size());
    }
  }

  private static ByteBuffer cut(ByteBuffer chunk, ChunkRange range) {
    int size = chunk.remaining();
    long offset = Integer.toUnsignedLong(range.getOffset());
    long length = Integer.toUnsignedLong(range.getLength());
    if (offset > size) {
      throw Problems.beyondEnd(size).refusal();
    }
    long rest = size - offset;
    return chunk.slice(
        chunk.position() + (int) offset, (int) (length == 0 ? rest : Math.min(length, rest)));
  }
}
