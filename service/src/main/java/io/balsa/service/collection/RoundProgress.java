package io.balsa.service.collection;

/**
 * What a round has done so far.
 *
 * @param step what it is at
 * @param floor the oldest revision that can be read
 * @param rowsSwept rows of the catalog that went
 * @param chunksCondemned chunks that no row named and that were entered as condemned
 * @param chunksRemoved chunks that their groups removed
 */
public record RoundProgress(
    Step step, long floor, long rowsSwept, long chunksCondemned, long chunksRemoved) {
  /** Nothing yet. */
  static final RoundProgress START = new RoundProgress(Step.ROWS, 0, 0, 0, 0);

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

  RoundProgress at(Step newStep) {
    return new RoundProgress(newStep, floor, rowsSwept, chunksCondemned, chunksRemoved);
  }

  RoundProgress withFloor(long newFloor) {
    return new RoundProgress(step, newFloor, rowsSwept, chunksCondemned, chunksRemoved);
  }

  RoundProgress plusRows(long rows) {
    return new RoundProgress(step, floor, rowsSwept + rows, chunksCondemned, chunksRemoved);
  }

  RoundProgress plusCondemned(long chunks) {
    return new RoundProgress(step, floor, rowsSwept, chunksCondemned + chunks, chunksRemoved);
  }

  RoundProgress plusRemoved(long chunks) {
    return new RoundProgress(step, floor, rowsSwept, chunksCondemned, chunksRemoved + chunks);
  }
}
