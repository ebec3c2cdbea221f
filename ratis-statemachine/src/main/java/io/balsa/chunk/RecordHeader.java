package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.Sha256;

/**
 * The header of one record.
 *
 * @param kind what follows
 * @param salt the pack's
 * @param at the Raft entry that brought the chunk
 * @param id the chunk
 * @param location of this header, and the payload's length and CRC
 */
record RecordHeader(RecordKind kind, long salt, LogPosition at, ChunkId id, PackLocation location) {
  private static final ChunkId NO_CHUNK = new ChunkId(new Sha256(0, 0, 0, 0));

  /** The header of a pack's last record. */
  static RecordHeader footer(PackHeader pack, long offset) {
    PackLocation location = new PackLocation(pack.pack(), offset, 0, 0);
    return new RecordHeader(RecordKind.FOOTER, pack.salt(), LogPosition.START, NO_CHUNK, location);
  }

  /** Where the next record begins. */
  long end() {
    return PackFormat.endOf(location).offset();
  }
}
