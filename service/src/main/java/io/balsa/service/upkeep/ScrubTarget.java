package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import java.io.IOException;

/** Something that is read whole, piece by piece, to find out whether it has rotted. */
public interface ScrubTarget {
  /** What it is; unique on a node, and the same after a restart. */
  String name();

  /** Whose it is. */
  GroupName group();

  /** About how much there is to read. */
  long bytes() throws IOException;

  /**
   * Reads on.
   *
   * @param from where the step before ended; {@link Cursor#START} to begin. May be of long ago
   * @param bytesMax about how much to read
   * @throws io.balsa.replica.StoreClosed it cannot be read for the moment
   * @throws io.balsa.rocks.StorageFailure what was read is damaged beyond repair in place, where it
   *     says corruption; else it cannot be read
   * @throws IOException it cannot be read
   */
  Step step(Cursor from, long bytesMax) throws IOException;

  /**
   * A place in a target.
   *
   * @param file orders by it first, at least 0
   * @param offset in the file, at least 0
   */
  record Cursor(int file, long offset) {
    /** Before everything. */
    public static final Cursor START = new Cursor(0, 0);
  }

  /**
   * What a step did.
   *
   * @param next where the next one begins
   * @param bytes read
   * @param found bad pieces
   * @param last true if nothing stands behind
   */
  record Step(Cursor next, long bytes, long found, boolean last) {}
}
