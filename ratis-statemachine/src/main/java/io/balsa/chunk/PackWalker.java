package io.balsa.chunk;

import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Told what stands in packs that are in use, in order, on the thread that walks. */
public interface PackWalker {
  /**
   * A record whose header and payload match their CRCs; whether the payload hashes to the id was
   * not looked at.
   *
   * @param payload valid during the call
   */
  void good(ChunkId id, PackLocation location, ByteBuffer payload) throws IOException;

  /** Bytes that are not what was written. What stands there may be found by other means only. */
  void bad(CorruptRange range) throws IOException;
}
