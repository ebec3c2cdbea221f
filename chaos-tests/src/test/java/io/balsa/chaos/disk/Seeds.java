package io.balsa.chaos.disk;

import java.util.stream.LongStream;

/** Seeds of programs: always the same, unless {@code -Dseed=N} names the one to run. */
final class Seeds {
  private static final int PROGRAMS = Integer.getInteger("crash.programs", 100);

  private Seeds() {}

  static LongStream many() {
    return first(PROGRAMS);
  }

  /** For programs that take long. */
  static LongStream few() {
    return first(Math.max(1, PROGRAMS / 8));
  }

  private static LongStream first(int count) {
    Long only = Long.getLong("seed");
    return only == null ? LongStream.rangeClosed(1, count) : LongStream.of(only);
  }
}
