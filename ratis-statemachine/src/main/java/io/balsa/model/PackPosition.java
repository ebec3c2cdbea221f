package io.balsa.model;

/**
 * A place between records in a group's pack files; orders by pack, then offset.
 *
 * @param pack the pack's number; 0 is before the first pack
 * @param offset bytes from the pack's start
 */
public record PackPosition(int pack, long offset) implements Comparable<PackPosition> {
  /** Before everything. */
  public static final PackPosition START = new PackPosition(0, 0);

  @Override
  public int compareTo(PackPosition other) {
    int order = Integer.compare(pack, other.pack);
    return order == 0 ? Long.compare(offset, other.offset) : order;
  }
}
