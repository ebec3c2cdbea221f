package io.balsa.client.model;

/**
 * What to get of an object, and how.
 *
 * @param snapshot which state of the dataset
 * @param range which bytes
 * @param read how fresh, and from where
 */
public record GetOptions(Snapshot snapshot, ByteRange range, ReadOptions read) {
  /** The whole object as it is now. */
  public static final GetOptions DEFAULT =
      new GetOptions(Snapshot.head(), ByteRange.WHOLE, ReadOptions.DEFAULT);

  /** These options for another state. */
  public GetOptions at(Snapshot value) {
    return new GetOptions(value, range, read);
  }

  /** These options for a range. */
  public GetOptions withRange(long offset, long length) {
    return new GetOptions(snapshot, new ByteRange(offset, length), read);
  }

  /** These options with other read options. */
  public GetOptions with(ReadOptions value) {
    return new GetOptions(snapshot, range, value);
  }
}
