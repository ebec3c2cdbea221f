package io.balsa.service.collection;

import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import java.util.List;
import java.util.Optional;

/** Has a chunk group remove chunks, wherever its leader is. Thread-safe. */
@FunctionalInterface
public interface ChunkRemoval {
  /** Chunks in one removal. */
  int CHUNKS_MAX = 1_000;

  /**
   * Removes chunks from their group, by a log entry that the group carries out once for each
   * number.
   *
   * @param group which
   * @param removal the number that the catalog gave
   * @param chunks all of this number and group, at most {@link #CHUNKS_MAX}
   * @return where in the group's log they were removed; empty where nobody knows: ask again
   */
  Optional<LogPosition> remove(int group, long removal, List<ChunkId> chunks)
      throws InterruptedException;
}
