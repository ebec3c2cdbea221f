package io.balsa.bench.load;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in classes that are a sixteenth of their octave wide, so a quantile is right
 * within 7 %. Thread-safe.
 */
final class Latencies {
  private static final int SUB_BITS = 4;
  private static final int CLASSES = (Long.SIZE - SUB_BITS) << SUB_BITS;

  private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

  /** Counts one of so many nanoseconds, 0 and up. */
  void add(long nanos) {
    counts.incrementAndGet(classOf(nanos));
  }

  private static int classOf(long nanos) {
    int octave = Math.max(0, Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(nanos | 1));
    return (octave << SUB_BITS) + (int) (nanos >>> octave);
  }

  /** The upper end of a class. */
  private static double upper(int index) {
    int octave = Math.max(0, (index >> SUB_BITS) - 1);
    return (double) (index - (octave << SUB_BITS) + 1) * (1L << octave);
  }

  /** Takes what was counted, and begins anew. */
  Counted drain() {
    long[] taken = new long[CLASSES];
    long total = 0;
    for (int i = 0; i < CLASSES; i++) {
      taken[i] = counts.getAndSet(i, 0);
      total += taken[i];
    }
    return new Counted(taken, total);
  }

  /**
   * What was counted.
   *
   * @param counts by class
   * @param total how many
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Counted(long[] counts, long total) {
    /** In ms, NaN where nothing was counted. */
    double quantileMillis(double share) {
      long rank = (long) Math.ceil(share * total);
      for (int i = 0; total > 0 && i < counts.length; i++) {
        rank -= counts[i];
        if (rank <= 0) {
          return upper(i) / 1e6;
        }
      }
      return Double.NaN;
    }
  }
}
