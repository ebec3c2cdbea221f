package io.balsa.rocks;

import io.balsa.model.PackLocation;

/** What a chunk's row says of its bytes on this replica. Either way the group has the chunk. */
public sealed interface ChunkRow {
  /** Bytes of the chunk. */
  int length();

  /** CRC-32C of the bytes. */
  int crc32c();

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
