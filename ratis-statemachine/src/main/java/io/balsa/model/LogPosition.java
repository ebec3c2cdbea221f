package io.balsa.model;

/**
 * A place in a group's Raft log (Raft §5.3). Orders by index; the log holds one term per index.
 *
 * @param term at least 0
 * @param index at least -1; -1 is before the first entry
 */
public record LogPosition(long term, long index) implements Comparable<LogPosition> {
  /** Before the first entry. */
  public static final LogPosition START = new LogPosition(0, -1);

  /** Checks the ranges. */
  public LogPosition {
    if (term < 0 || index < -1) {
      throw new IllegalArgumentException(
          "term=" + term + ", want >= 0; index=" + index + ", want >= -1");
    }
  }

  @Override
  public int compareTo(LogPosition other) {
    return Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return term + ":" + index;
  }
}
