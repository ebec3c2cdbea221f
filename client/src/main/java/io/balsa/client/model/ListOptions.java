package io.balsa.client.model;

/**
 * Which objects to list, and how.
 *
 * @param snapshot which state of the dataset; all pages show the same
 * @param prefix only paths that begin so; empty for all
 * @param folded true: paths with a further '/' behind the prefix become one common prefix, as
 *     folders are
 * @param pageSize objects and common prefixes of a page, 1 to 1,000
 * @param read how fresh, and from where
 */
public record ListOptions(
    Snapshot snapshot, String prefix, boolean folded, int pageSize, ReadOptions read) {
  /** Everything as it is now, in pages of 1,000. */
  public static final ListOptions DEFAULT =
      new ListOptions(Snapshot.head(), "", false, 1_000, ReadOptions.DEFAULT);

  /** Checks the range. */
  public ListOptions {
    if (pageSize < 1 || pageSize > 1_000) {
      throw new IllegalArgumentException("pageSize=" + pageSize + ", want 1 to 1000");
    }
  }

  /** These options for another state. */
  public ListOptions at(Snapshot value) {
    return new ListOptions(value, prefix, folded, pageSize, read);
  }

  /** These options for paths that begin so. */
  public ListOptions withPrefix(String value) {
    return new ListOptions(snapshot, value, folded, pageSize, read);
  }

  /** These options with or without folding. */
  public ListOptions withFolded(boolean value) {
    return new ListOptions(snapshot, prefix, value, pageSize, read);
  }

  /** These options with another page size. */
  public ListOptions withPageSize(int value) {
    return new ListOptions(snapshot, prefix, folded, value, read);
  }

  /** These options with other read options. */
  public ListOptions with(ReadOptions value) {
    return new ListOptions(snapshot, prefix, folded, pageSize, value);
  }
}
