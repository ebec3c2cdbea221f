package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Format 1 of pack files, byte for byte as in docs/formats/pack.md. Pure; big-endian.
 *
 * <p>A decoder answers empty for bytes that are not what they should be, and throws {@link
 * UnknownPackFormat} for bytes that are intact but from a later format: damage may be cut or
 * repaired, a later format may not.
 */
public final class PackFormat {
  /** Bytes of a pack's header; the first record follows. */
  public static final int FILE_HEADER_BYTES = 64;

  /** Bytes of a record's header; the payload follows. */
  public static final int RECORD_HEADER_BYTES = 96;

  /** Every record begins at a multiple of this; zeros fill the gap. */
  static final int ALIGNMENT_BYTES = 8;

  static final int RECORD_MAGIC = 0x42524543; // "BREC"

  private static final long FILE_MAGIC = 0x42414C53_41504B31L; // "BALSAPK1"
  private static final int VERSION = 1;

  private PackFormat() {}

  /** The place behind a chunk's record: where the next one begins. */
  public static PackPosition endOf(PackLocation location) {
    long end = location.offset() + RECORD_HEADER_BYTES + location.length();
    return new PackPosition(location.pack(), end + paddingBytes(location.length()));
  }

  /** Zeros between the payload and the next record. */
  static int paddingBytes(int length) {
    return -length & (ALIGNMENT_BYTES - 1);
  }

  /** The CRC-32C of the remaining bytes; the position does not move. */
  static int crc32c(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  static ByteBuffer encode(PackHeader header) {
    ByteBuffer bytes = ByteBuffer.allocate(FILE_HEADER_BYTES);
    bytes.putLong(FILE_MAGIC).putInt(VERSION);
    bytes.putInt(header.group()).putInt(header.pack()).putInt(0).putLong(header.salt());
    return seal(bytes);
  }

  static ByteBuffer encode(RecordHeader header) {
    ByteBuffer bytes = ByteBuffer.allocate(RECORD_HEADER_BYTES);
    bytes.putInt(RECORD_MAGIC).putShort((short) VERSION).putShort((short) header.kind().code());
    bytes.putLong(header.salt()).putLong(header.location().offset());
    bytes.putLong(header.at().term()).putLong(header.at().index());
    header.id().sha256().write(bytes);
    bytes.putInt(header.location().length()).putInt(header.location().crc32c());
    return seal(bytes);
  }

  /** Reads a pack's header from the buffer's start; empty if it is damaged or cut short. */
  static Optional<PackHeader> decodeFile(ByteBuffer bytes) throws UnknownPackFormat {
    if (!isSealed(bytes, FILE_HEADER_BYTES) || bytes.getLong(0) != FILE_MAGIC) {
      return Optional.empty();
    }
    int version = bytes.getInt(8);
    if (version != VERSION) {
      throw new UnknownPackFormat("pack format " + version + ", this build knows " + VERSION);
    }
    return Optional.of(new PackHeader(bytes.getInt(12), bytes.getInt(16), bytes.getLong(24)));
  }

  /**
   * Reads the header of a record that stands at an offset of a pack, from the buffer's start; empty
   * if it is damaged, cut short, or was written for another pack or offset.
   */
  static Optional<RecordHeader> decodeRecord(ByteBuffer bytes, int pack, long salt, long offset)
      throws UnknownPackFormat {
    if (!isSealed(bytes, RECORD_HEADER_BYTES)
        || bytes.getInt(0) != RECORD_MAGIC
        || saltOf(bytes) != salt
        || bytes.getLong(16) != offset) {
      return Optional.empty();
    }
    int version = bytes.getShort(4);
    RecordKind kind = kind(version, bytes.getShort(6));
    long term = bytes.getLong(24);
    long index = bytes.getLong(32);
    int length = bytes.getInt(72);
    if (term < 0 || index < -1 || length < 0 || length > Limits.CHUNK_BYTES_MAX) {
      return Optional.empty();
    }
    ChunkId id = new ChunkId(Sha256.read(bytes.slice(40, Sha256.BYTES)));
    PackLocation location = new PackLocation(pack, offset, length, bytes.getInt(76));
    return Optional.of(new RecordHeader(kind, salt, new LogPosition(term, index), id, location));
  }

  /** The salt that a record's header names, for readers who have an index to trust instead. */
  static long saltOf(ByteBuffer record) {
    return record.limit() < 16 ? 0 : record.getLong(8);
  }

  private static RecordKind kind(int version, int code) throws UnknownPackFormat {
    for (RecordKind kind : RecordKind.values()) {
      if (version == VERSION && kind.code() == code) {
        return kind;
      }
    }
    throw new UnknownPackFormat("record of version " + version + " and kind " + code);
  }

  /** Puts the CRC of all bytes before into the last four. */
  private static ByteBuffer seal(ByteBuffer bytes) {
    int body = bytes.capacity() - Integer.BYTES;
    bytes.putInt(body, crc32c(bytes.slice(0, body)));
    return bytes.rewind();
  }

  private static boolean isSealed(ByteBuffer bytes, int length) {
    int body = length - Integer.BYTES;
    return bytes.limit() >= length && bytes.getInt(body) == crc32c(bytes.slice(0, body));
  }
}
