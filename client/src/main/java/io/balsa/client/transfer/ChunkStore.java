package io.balsa.client.transfer;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.Chunk;
import io.balsa.api.v1.ChunkPlace;
import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetChunksResponse;
import io.balsa.api.v1.HaveChunksRequest;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.ToWire;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * The cluster's chunks. Nothing here is ever unknown: a chunk that nobody refers to is not visible,
 * and putting it again does no harm. Thread-safe.
 */
final class ChunkStore {
  /** Chunks in one request. */
  static final int REQUEST_CHUNKS_MAX = 4_096;

  /** Bytes at which a request with several chunks is full. */
  static final int REQUEST_BYTES_MAX = 4 << 20;

  private static final int FRAME_SLACK_BYTES = 1 << 20;

  private final Router router;
  private final ExecutorService executor;

  ChunkStore(Router router, ExecutorService executor) {
    this.router = router;
    this.executor = executor;
  }

  /**
   * Chunks that the cluster has now.
   *
   * @param groups where each is
   * @param bytesSent bytes that it did not have before
   */
  record Stowed(Map<Sha256, Integer> groups, long bytesSent) {
    ChunkPlacement placement(Sha256 id, int length) {
      Integer group = groups.get(id);
      if (group == null) {
        throw new IllegalStateException("chunk " + id + " was not part of this batch");
      }
      return new ChunkPlacement(id, length, group);
    }
  }

  /** Sends those of the pieces that the cluster does not have, in parallel. At most 4,096. */
  Result<Stowed> stow(Collection<Piece> pieces) throws InterruptedException {
    Map<Sha256, Piece> distinct = new LinkedHashMap<>();
    pieces.forEach(piece -> distinct.putIfAbsent(piece.id(), piece));
    List<Piece> wanted = List.copyOf(distinct.values());
    return switch (have(wanted)) {
      case Result.Yes<List<ChunkPlace>>(var places) -> send(wanted, places);
      case Result.No<List<ChunkPlace>>(var refusal) -> Result.no(refusal);
      case Result.Unknown<List<ChunkPlace>>(var id, var why) -> Result.unknown(id, why);
    };
  }

  private Result<List<ChunkPlace>> have(List<Piece> pieces) {
    var request = HaveChunksRequest.newBuilder();
    pieces.forEach(piece -> request.addIds(ToWire.digest(piece.id())));
    return router.run(
        Call.read(
            ChunksGrpc.getHaveChunksMethod(),
            request.build(),
            new Aim.Nearest(),
            answer -> {
              List<ChunkPlace> places = answer.getPlacesList();
              if (places.size() != pieces.size()
                  || places.stream().anyMatch(place -> place.getGroup() < 1)) {
                throw new IllegalArgumentException("places do not fit the chunks asked for");
              }
              return places;
            }));
  }

  private Result<Stowed> send(List<Piece> pieces, List<ChunkPlace> places)
      throws InterruptedException {
    Map<Sha256, Integer> groups = new HashMap<>();
    Map<Integer, List<Piece>> missing = new TreeMap<>();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      int group = places.get(i).getGroup();
      groups.put(piece.id(), group);
      if (!places.get(i).getPresent()) {
        missing.computeIfAbsent(group, g -> new ArrayList<>()).add(piece);
      }
    }
    List<Future<Result<Long>>> puts = new ArrayList<>();
    missing.forEach(
        (group, chunks) ->
            packed(chunks).forEach(pack -> puts.add(executor.submit(() -> put(group, pack)))));
    long sent = 0;
    Result<Stowed> failed = null;
    for (Future<Result<Long>> put : puts) {
      switch (await(put)) {
        case Result.Yes<Long>(Long bytes) -> sent += bytes;
        case Result.No<Long>(var refusal) -> failed = Result.no(refusal);
        case Result.Unknown<Long>(var id, var why) -> failed = Result.unknown(id, why);
      }
    }
    return failed != null ? failed : Result.yes(new Stowed(groups, sent));
  }

  /** Waits for a task of this package; these return what goes wrong, so they do not fail. */
  static <T> Result<T> await(Future<Result<T>> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      return Result.no(
          Refusal.of(RefusalCode.INTERNAL, "", "a defect of the SDK: " + e.getCause()));
    }
  }

  private static List<List<Piece>> packed(List<Piece> pieces) {
    List<List<Piece>> packs = new ArrayList<>();
    List<Piece> pack = new ArrayList<>();
    long bytes = 0;
    for (Piece piece : pieces) {
      boolean full = bytes + piece.data().size() > REQUEST_BYTES_MAX;
      if (!pack.isEmpty() && (full || pack.size() == REQUEST_CHUNKS_MAX)) {
        packs.add(pack);
        pack = new ArrayList<>();
        bytes = 0;
      }
      pack.add(piece);
      bytes += piece.data().size();
    }
    packs.add(pack);
    return packs;
  }

  /** Puts one request's chunks; returns their bytes. */
  private Result<Long> put(int group, List<Piece> pieces) {
    var request = PutChunksRequest.newBuilder().setGroup(group);
    long bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.data().size();
      request.addChunks(Chunk.newBuilder().setId(ToWire.digest(piece.id())).setData(piece.data()));
    }
    long sent = bytes;
    // Named by their hash, chunks may be put twice: for routing that is as harmless as a read.
    return router.run(
        Call.read(
                ChunksGrpc.getPutChunksMethod(), request.build(), Aim.chunks(group), answer -> sent)
            .asBulky());
  }

  /** Fetches a whole chunk; what does not hash to its name is fetched from another node. */
  Result<ByteString> fetch(ChunkPlacement chunk, Aim aim) {
    var request =
        GetChunksRequest.newBuilder()
            .addRanges(
                ChunkRange.newBuilder().setId(ToWire.digest(chunk.id())).setGroup(chunk.group()))
            .build();
    return router.run(
        Call.stream(
            ChunksGrpc.getGetChunksMethod(),
            request,
            aim,
            2L * chunk.length() + FRAME_SLACK_BYTES,
            answers -> verified(chunk, answers)));
  }

  private static ByteString verified(ChunkPlacement chunk, List<GetChunksResponse> answers) {
    ByteString bytes = ByteString.EMPTY;
    for (GetChunksResponse answer : answers) {
      bytes = bytes.concat(answer.getData());
    }
    if (bytes.size() != chunk.length() || !hash(bytes).equals(chunk.id())) {
      throw new IllegalArgumentException("bytes of chunk " + chunk.id() + " fail their check");
    }
    return bytes;
  }

  static Sha256 hash(ByteString bytes) {
    MessageDigest digest = Sha256.newDigest();
    for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
      digest.update(part);
    }
    return Sha256.fromBytes(digest.digest());
  }
}
