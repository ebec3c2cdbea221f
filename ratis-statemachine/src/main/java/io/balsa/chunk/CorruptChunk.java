package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;
import java.io.IOException;

/**
 * A chunk's record is not what was written. On a read: no byte of it was returned, other replicas
 * have the chunk. On an append: nothing was written, and the store stays usable.
 */
public final class CorruptChunk extends IOException {
  private final ChunkId id;

  /** States what was wrong where. */
  public CorruptChunk(ChunkId id, PackLocation location, String why) {
    super("chunk " + id + " at " + location + ": " + why);
    this.id = id;
  }

  /** States why a payload was refused. */
  public CorruptChunk(ChunkId id, String why) {
    super("chunk " + id + ": " + why);
    this.id = id;
  }

  /** The chunk that was asked for. */
  public ChunkId id() {
    return id;
  }
}
