package io.balsa.testing;

import java.util.stream.LongStream;

/** Seeds of random tests: {@code -Dseed=N} runs one. */
public final class Seeds {
  private Seeds() {}

  /** The given seed alone, or 1 to {@code count}. */
  public static LongStream upTo(int count) {
    String given = System.getProperty("seed");
    return given == null ? LongStream.rangeClosed(1, count) : LongStream.of(Long.parseLong(given));
  }
}
