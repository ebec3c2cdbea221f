package io.balsa.rocks;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Keys from one, included, to another, excluded, compared as unsigned bytes. Immutable. */
final class KeyRange {
  private final byte[] start;
  private final byte @Nullable [] end;

  private KeyRange(byte[] start, byte @Nullable [] end) {
    this.start = start;
    this.end = end;
  }

  /** Every key. */
  static KeyRange all() {
    return from(new byte[0]);
  }

  /** Every key that is at least {@code start}. */
  static KeyRange from(byte[] start) {
    return new KeyRange(start.clone(), null);
  }

  /** Every key that begins with {@code prefix}. */
  static KeyRange of(byte[] prefix) {
    return within(prefix, prefix);
  }

  /** Every key that begins with {@code prefix} and is at least {@code start}. */
  static KeyRange within(byte[] prefix, byte[] start) {
    return new KeyRange(start.clone(), after(prefix));
  }

  /** The first key, whether it exists or not. */
  byte[] start() {
    return start.clone();
  }

  /** The first key that does not belong any more; null if the range has no end. */
  byte @Nullable [] end() {
    return end == null ? null : end.clone();
  }

  /**
   * The least key greater than all that begin with the prefix: its last byte below 0xFF, plus 1.
   */
  private static byte @Nullable [] after(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xFF) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    return null;
  }
}
