package io.balsa.client.model;

/**
 * How far a round of collection is, or how it ended.
 *
 * @param step what it is at
 * @param floor the oldest revision that can be read
 * @param rowsSwept rows of the catalog that went so far
 * @param chunksCondemned chunks so far that no object named, and that may go after the grace
 * @param chunksRemoved chunks that were removed so far; their space is free once packs are
 *     compacted
 */
public record CollectionProgress(
    Step step, long floor, long rowsSwept, long chunksCondemned, long chunksRemoved) {
  /** The parts of a round, in order. */
  public enum Step {
    /** Rows that nobody can see go. */
    ROWS,
    /** Chunks that no row names are looked for. */
    ORPHANS,
    /** Chunks that were condemned long enough go. */
    CHUNKS,
    /** The round is done. */
    DONE
  }
}
