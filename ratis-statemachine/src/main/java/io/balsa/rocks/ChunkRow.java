package io.balsa.rocks;

import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;
import io.balsa.model.Sha256;
import java.nio.ByteBuffer;

/** What a chunk's row says of its bytes on this replica. Either way the group has the chunk. */
public sealed interface ChunkRow {
  /** Bytes of the chunk. */
  int length();

  /** CRC-32C of the bytes. */
  int crc32c();

  /** The member of the replica digest: what all replicas share, so not the location. */
  default Sha256 member(ChunkId id) {
    ByteBuffer member = ByteBuffer.allocate(Sha256.BYTES + Integer.BYTES);
    id.sha256().write(member);
    return Sha256.of(member.putInt(length()).flip());
  }

  /**
   * Its record is in a pack, as far as is known.
   *
   * @param location of the record
   */
  record Stored(PackLocation location) implements ChunkRow {
    @Override
    public int length() {
      return location.length();
    }

    @Override
    public int crc32c() {
      return location.crc32c();
    }
  }

  /** Its record was bad, or is gone: nothing is served from here until it is repaired. */
  record Lost(int length, int crc32c) implements ChunkRow {}
}
