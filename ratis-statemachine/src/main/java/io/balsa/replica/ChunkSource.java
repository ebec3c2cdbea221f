package io.balsa.replica;

import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Gets a chunk from another member. Thread-safe. */
@FunctionalInterface
public interface ChunkSource {
  /**
   * Asks one member after the other. Blocks as long as that takes.
   *
   * @param group the chunk group that has it
   * @return the chunk's bytes, which hash to its id; the caller's to keep
   * @throws IOException no member gave good bytes; another try later may do better
   */
  ByteBuffer fetch(GroupName group, ChunkId id) throws IOException, InterruptedException;
}
