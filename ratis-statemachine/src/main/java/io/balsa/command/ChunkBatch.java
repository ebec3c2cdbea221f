package io.balsa.command;

import io.balsa.model.ChunkId;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import java.util.List;
import java.util.Optional;

/**
 * The header of one entry of a chunk group's log. The payload beside it is the chunks' bytes, one
 * after the other. An empty batch is a barrier: it proves leadership and changes nothing.
 *
 * @param chunks at most {@link Limits#ENTRY_CHUNKS_MAX}, and {@link Limits#ENTRY_PAYLOAD_BYTES_MAX}
 *     of payload in all
 * @param removals chunks that go, at most {@link Limits#ENTRY_CHUNKS_MAX} removals; they go before
 *     the others come, so that a chunk in both is there afterwards
 * @param mark present where the replicas note their digests behind this entry; changes nothing
 */
public record ChunkBatch(List<Chunk> chunks, List<Removal> removals, Optional<DigestMark> mark) {
  /** Copies and checks. */
  public ChunkBatch {
    Limits.require("chunks", chunks.size(), 0, Limits.ENTRY_CHUNKS_MAX);
    Limits.require("removals", removals.size(), 0, Limits.ENTRY_CHUNKS_MAX);
    chunks = List.copyOf(chunks);
    removals = List.copyOf(removals);
    long bytes = 0;
    for (Chunk chunk : chunks) {
      bytes += chunk.length();
    }
    if (bytes > Limits.ENTRY_PAYLOAD_BYTES_MAX) {
      throw new InvalidField(
          "payload bytes", Long.toString(bytes), "at most " + Limits.ENTRY_PAYLOAD_BYTES_MAX);
    }
  }

  /** A batch that removes nothing. */
  public ChunkBatch(List<Chunk> chunks) {
    this(chunks, List.of(), Optional.empty());
  }

  /**
   * Chunks that go together.
   *
   * @param number the catalog's, 1 and up. A group carries it out only if it is above all that
   *     earlier entries carried out: so a removal that comes late, or again, takes no chunk along
   *     that was put since
   * @param ids at most {@link Limits#ENTRY_CHUNKS_MAX}; one that is not there is passed over
   */
  public record Removal(long number, List<ChunkId> ids) {
    /** Copies and checks. */
    public Removal {
      Limits.require("removal.number", number, 1, Long.MAX_VALUE);
      Limits.require("removal.ids", ids.size(), 0, Limits.ENTRY_CHUNKS_MAX);
      ids = List.copyOf(ids);
    }
  }

  /** A batch without a mark. */
  public ChunkBatch(List<Chunk> chunks, List<Removal> removals) {
    this(chunks, removals, Optional.empty());
  }

  /**
   * A chunk of the payload.
   *
   * @param id its name
   * @param length bytes, 1 to {@link Limits#CHUNK_BYTES_MAX}
   * @param crc32c of its bytes
   */
  public record Chunk(ChunkId id, int length, int crc32c) {
    /** Checks the range. */
    public Chunk {
      Limits.require("chunk.length", length, 1, Limits.CHUNK_BYTES_MAX);
    }
  }

  /** Bytes of the payload. */
  public int payloadBytes() {
    return chunks.stream().mapToInt(Chunk::length).sum();
  }
}
