package io.balsa.command;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.model.ChunkId;
import io.balsa.model.Sha256;
import io.balsa.proto.log.v1.ChunkEntry;
import io.balsa.proto.log.v1.ChunkHeader;
import io.balsa.proto.log.v1.ChunkRemoval;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** {@link ChunkBatch} to and from {@code balsa.log.v1.ChunkEntry}; docs/formats/log.md. */
public final class ChunkBatchCodec {
  private static final int FORMAT_VERSION = 1;

  private ChunkBatchCodec() {}

  /** The persisted form. */
  public static byte[] encode(ChunkBatch batch) {
    ChunkEntry.Builder entry = ChunkEntry.newBuilder().setVersion(FORMAT_VERSION);
    for (ChunkBatch.Chunk chunk : batch.chunks()) {
      entry.addChunks(
          ChunkHeader.newBuilder()
              .setId(UnsafeByteOperations.unsafeWrap(chunk.id().sha256().toBytes()))
              .setLength(chunk.length())
              .setCrc32C(chunk.crc32c()));
    }
    for (ChunkBatch.Removal removal : batch.removals()) {
      ChunkRemoval.Builder encoded = ChunkRemoval.newBuilder().setNumber(removal.number());
      for (ChunkId id : removal.ids()) {
        encoded.addIds(UnsafeByteOperations.unsafeWrap(id.sha256().toBytes()));
      }
      entry.addRemovals(encoded);
    }
    batch.mark().map(DigestMarkCodec::encode).ifPresent(entry::setDigestMark);
    return entry.build().toByteArray();
  }

  /**
   * Reads the persisted form.
   *
   * @throws UnreadableEntry if it is no entry that this version understands; never skipped
   */
  public static ChunkBatch decode(ByteBuffer bytes) {
    ChunkEntry entry = StrictParse.parse(ChunkEntry.parser(), bytes);
    if (entry.getVersion() != FORMAT_VERSION) {
      throw new UnreadableEntry("chunk entry of version " + entry.getVersion());
    }
    try {
      List<ChunkBatch.Chunk> chunks =
          entry.getChunksList().stream().map(ChunkBatchCodec::decode).toList();
      List<ChunkBatch.Removal> removals =
          entry.getRemovalsList().stream().map(ChunkBatchCodec::decode).toList();
      return new ChunkBatch(
          chunks,
          removals,
          entry.hasDigestMark()
              ? Optional.of(DigestMarkCodec.decode(entry.getDigestMark()))
              : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new UnreadableEntry("chunk entry: " + e.getMessage(), e);
    }
  }

  private static ChunkBatch.Removal decode(ChunkRemoval encoded) {
    ChunkRemoval removal = StrictParse.known(encoded);
    return new ChunkBatch.Removal(
        removal.getNumber(),
        removal.getIdsList().stream().map(id -> new ChunkId(StrictParse.sha256(id))).toList());
  }

  private static ChunkBatch.Chunk decode(ChunkHeader encoded) {
    ChunkHeader header = StrictParse.known(encoded);
    return new ChunkBatch.Chunk(
        new ChunkId(Sha256.fromBytes(header.getId().toByteArray())),
        header.getLength(),
        header.getCrc32C());
  }
}
