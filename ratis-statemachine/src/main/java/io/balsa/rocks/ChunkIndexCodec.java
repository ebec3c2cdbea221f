package io.balsa.rocks;

import io.balsa.catalog.StateDigest;
import io.balsa.catalog.UnreadableRow;
import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;

/**
 * The bytes of a chunk index, as docs/formats/chunk-index.md says. All numbers are big-endian, all
 * values of fixed length. Pure; safe on every thread.
 */
final class ChunkIndexCodec {
  /** First byte of every value but that of a chunk whose bytes are lost here. */
  static final byte FORMAT_VERSION = 1;

  /** First byte of a chunk's value where its bytes are lost here. */
  static final byte LOST = 2;

  private static final int LOCATION_BYTES = 1 + 4 + 8 + 4 + 4;
  private static final int LOST_BYTES = 1 + 4 + 4;

  /** First byte of the head's value, since it tells of removals. */
  private static final byte HEAD_VERSION = 2;

  private static final int HEAD_BYTES_V1 = 1 + 8 + 8 + 4 + 8 + 8 + 8 + Sha256.BYTES;
  private static final int HEAD_BYTES = HEAD_BYTES_V1 + 8;

  private ChunkIndexCodec() {}

  /** The head's key: shorter than a chunk's, and before all of them. */
  static byte[] headKey() {
    return new byte[0];
  }

  static byte[] key(ChunkId id) {
    return id.sha256().toBytes();
  }

  static byte[] value(ChunkRow row) {
    return switch (row) {
      case ChunkRow.Stored(PackLocation location) -> value(location);
      case ChunkRow.Lost(int length, int crc32c) ->
          ByteBuffer.allocate(LOST_BYTES).put(LOST).putInt(length).putInt(crc32c).array();
    };
  }

  private static byte[] value(PackLocation location) {
    return ByteBuffer.allocate(LOCATION_BYTES)
        .put(FORMAT_VERSION)
        .putInt(location.pack())
        .putLong(location.offset())
        .putInt(location.length())
        .putInt(location.crc32c())
        .array();
  }

  static byte[] value(ChunkHead head) {
    return ByteBuffer.allocate(HEAD_BYTES)
        .put(HEAD_VERSION)
        .putLong(head.applied().term())
        .putLong(head.applied().index())
        .putInt(head.indexed().pack())
        .putLong(head.indexed().offset())
        .putLong(head.chunks())
        .putLong(head.bytes())
        .put(head.digest().toBytes())
        .putLong(head.removals())
        .array();
  }

  static ChunkEntry entry(byte[] key, byte[] value) {
    return new ChunkEntry(id(key), row(value));
  }

  static ChunkId id(byte[] key) {
    if (key.length != Sha256.BYTES) {
      throw new UnreadableRow("a chunk's key has " + key.length + " bytes");
    }
    return new ChunkId(Sha256.fromBytes(key));
  }

  static ChunkRow row(byte[] value) {
    return value.length > 0 && value[0] == LOST
        ? lost(versioned(value, LOST_BYTES, LOST))
        : new ChunkRow.Stored(location(versioned(value, LOCATION_BYTES, FORMAT_VERSION)));
  }

  private static ChunkRow.Lost lost(ByteBuffer bytes) {
    ChunkRow.Lost lost = new ChunkRow.Lost(bytes.getInt(), bytes.getInt());
    requireLength(lost.length(), lost);
    return lost;
  }

  private static PackLocation location(ByteBuffer bytes) {
    PackLocation location =
        new PackLocation(bytes.getInt(), bytes.getLong(), bytes.getInt(), bytes.getInt());
    if (location.pack() < 1 || location.offset() < 0) {
      throw new UnreadableRow("a chunk cannot be at " + location);
    }
    requireLength(location.length(), location);
    return location;
  }

  private static void requireLength(int length, Record row) {
    if (length < 1 || length > Limits.CHUNK_BYTES_MAX) {
      throw new UnreadableRow("no chunk is so long: " + row);
    }
  }

  /** One of version 1 removed nothing. */
  static ChunkHead head(byte[] value) {
    boolean isFirst = value.length > 0 && value[0] == FORMAT_VERSION;
    ByteBuffer bytes =
        isFirst
            ? versioned(value, HEAD_BYTES_V1, FORMAT_VERSION)
            : versioned(value, HEAD_BYTES, HEAD_VERSION);
    try {
      LogPosition applied = new LogPosition(bytes.getLong(), bytes.getLong());
      PackPosition indexed = new PackPosition(bytes.getInt(), bytes.getLong());
      long chunks = bytes.getLong();
      long chunkBytes = bytes.getLong();
      StateDigest digest =
          new StateDigest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
      return new ChunkHead(
          applied, indexed, chunks, chunkBytes, digest, isFirst ? 0 : bytes.getLong());
    } catch (IllegalArgumentException e) {
      throw new UnreadableRow("a chunk index's head: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer versioned(byte[] value, int length, byte version) {
    if (value.length != length || value[0] != version) {
      throw new UnreadableRow(
          "want " + length + " bytes beginning with " + version + ", met " + value.length);
    }
    return ByteBuffer.wrap(value, 1, length - 1);
  }
}
