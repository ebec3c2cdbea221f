package io.balsa.rocks;

import io.balsa.catalog.StateDigest;
import io.balsa.model.LogPosition;
import io.balsa.model.PackPosition;

/**
 * Where a chunk group's index is; written in the same batch as the entries that it speaks of.
 *
 * @param applied the last entry that is in the state
 * @param indexed all records in the packs before this place are in the index, or dead
 * @param chunks how many the group holds, at least 0
 * @param bytes the sum of their lengths, at least 0
 * @param digest order-independent digest of the group's applied state, the same on every replica
 * @param removals the greatest number of a removal that was carried out; 0 for none
 */
public record ChunkHead(
    LogPosition applied,
    PackPosition indexed,
    long chunks,
    long bytes,
    StateDigest digest,
    long removals) {
  /** Of an empty group. */
  public static final ChunkHead EMPTY =
      new ChunkHead(LogPosition.START, PackPosition.START, 0, 0, StateDigest.ZERO, 0);

  /** Checks the ranges. */
  public ChunkHead {
    if (chunks < 0 || bytes < 0 || removals < 0) {
      throw new IllegalArgumentException(
          "chunks=" + chunks + ", bytes=" + bytes + ", removals=" + removals + ", want >= 0 each");
    }
  }

  /** The same, with records in the packs before another place in the index, or dead. */
  public ChunkHead indexedUpTo(PackPosition place) {
    return new ChunkHead(applied, place, chunks, bytes, digest, removals);
  }
}
