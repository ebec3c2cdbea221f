package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import java.io.IOException;

/** Told what stands in the packs, in the order of the packs, on the thread that opens them. */
public interface RecordVisitor {
  /**
   * A good record: header and payload are what was written, and both are durable.
   *
   * @throws IOException ends the opening with this exception
   */
  void visit(LogPosition at, ChunkId id, PackLocation location) throws IOException;

  /**
   * Rot: something stood here once, or may have. It stays in the file and is never visited.
   *
   * @throws IOException ends the opening with this exception
   */
  void corrupt(CorruptRange range) throws IOException;
}
