package io.balsa.client.model;

/**
 * A range of an object's bytes.
 *
 * @param offset the first byte, 0 and up
 * @param length how many; 0 means to the end. Beyond the end is cut
 */
public record ByteRange(long offset, long length) {
  /** Everything. */
  public static final ByteRange WHOLE = new ByteRange(0, 0);

  /** Checks the ranges. */
  public ByteRange {
    if (offset < 0) {
      throw new IllegalArgumentException("offset=" + offset + ", want >= 0");
    }
    if (length < 0) {
      throw new IllegalArgumentException("length=" + length + ", want >= 0");
    }
  }

  /** True for the whole object. */
  public boolean isWhole() {
    return equals(WHOLE);
  }
}
