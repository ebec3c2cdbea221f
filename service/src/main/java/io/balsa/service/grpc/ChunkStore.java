package io.balsa.service.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.Chunk;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.api.v1.PutChunksResponse;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.Sha256;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.ChunkGroup.Payload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/** Puts chunks into their groups. Repeating is safe: a chunk is named by its bytes. Thread-safe. */
final class ChunkStore {
  private final FreshReads reads;
  private final ToLeader toLeader;

  ChunkStore(FreshReads reads, ToLeader toLeader) {
    this.reads = reads;
    this.toLeader = toLeader;
  }

  /**
   * Stores one chunk where it belongs, unless it is known to be there.
   *
   * @param bytes 1 to {@code Limits.CHUNK_BYTES_MAX} remaining, not changed until this returns
   * @throws Refusal NO_LEADER, OVERLOADED or CONDEMNED: the chunk is not known to be stored
   */
  ChunkRef store(ByteBuffer bytes, Budget budget) {
    ClusterNode.Groups groups = reads.groups();
    ChunkId id = new ChunkId(Sha256.of(bytes));
    ChunkPlacement place = placeOf(groups, id);
    int group = place.group();
    if (!place.present()) {
      try {
        var _ = put(request(group, id, bytes), List.of(new Payload(id, bytes)), budget);
      } catch (Refusal e) {
        // A chunk that nobody names changes nothing that anyone can see.
        throw e.problem().reason() == ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN
            ? Problems.noLeader(groups.chunks(group).name().text(), groups.chunks(group).leader())
                .refusal()
            : e;
      }
    }
    return new ChunkRef(id, bytes.remaining(), group);
  }

  /**
   * Stores chunks in a group.
   *
   * @param request as another node would get it
   * @param chunks the same; each hashes to its id
   */
  PutChunksResponse put(PutChunksRequest request, List<Payload> chunks, Budget budget) {
    ClusterNode.Groups groups = reads.groups();
    ChunkGroup group = groups.chunks(request.getGroup());
    return toLeader.settle(
        new ToLeader.Change<>(
            group,
            chunks.getFirst().id().toString(),
            new ToLeader.Hop<>(ChunksGrpc.getPutChunksMethod(), request),
            timeout -> {
              requireNotDeleting(groups, chunks);
              return ToLeader.mapped(
                  group.put(chunks, timeout),
                  committed ->
                      PutChunksResponse.newBuilder()
                          .setTerm(committed.value().term())
                          .setIndex(committed.value().index())
                          .build());
            },
            OptionalLong.of(chunks.stream().mapToLong(c -> c.bytes().remaining()).sum())),
        budget);
  }

  private static ChunkPlacement placeOf(ClusterNode.Groups groups, ChunkId id) {
    try (var view = groups.catalog().view()) {
      return ChunkPlacement.of(view, groups, id);
    }
  }

  /** A removal that is on its way would take the new copy along: then it is worth a wait. */
  private static void requireNotDeleting(ClusterNode.Groups groups, List<Payload> chunks) {
    try (var view = groups.catalog().view()) {
      for (Payload chunk : chunks) {
        if (ChunkPlacement.of(view, groups, chunk.id()).deleting()) {
          throw Problems.beingDeleted(chunk.id()).refusal();
        }
      }
    }
  }

  private static PutChunksRequest request(int group, ChunkId id, ByteBuffer bytes) {
    return PutChunksRequest.newBuilder()
        .setGroup(group)
        .addChunks(
            Chunk.newBuilder()
                .setId(Answers.digest(id.sha256()))
                .setData(UnsafeByteOperations.unsafeWrap(bytes.duplicate())))
        .build();
  }
}
