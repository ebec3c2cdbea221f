package io.balsa.bench.curve;

import java.util.Arrays;

/**
 * One column of {@link Samples}. Not thread-safe; nobody changes the arrays.
 *
 * @param name of the column
 * @param seconds when each value was taken, ascending
 * @param values as many; NaN where nothing was measured
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers, never compared
public record Series(String name, double[] seconds, double[] values) {
  /** Checks the lengths. */
  public Series {
    if (seconds.length != values.length) {
      throw new IllegalArgumentException(seconds.length + " times, " + values.length + " values");
    }
  }

  /** The values that were measured within a span of the whole time, each from 0 to 1. */
  Series part(double fromInclusive, double toInclusive) {
    if (seconds.length == 0) {
      return this;
    }
    double begin = seconds[0];
    double length = seconds[seconds.length - 1] - begin;
    int[] within = new int[seconds.length];
    int count = 0;
    for (int i = 0; i < seconds.length; i++) {
      double at = seconds[i] - begin;
      if (at >= fromInclusive * length && at <= toInclusive * length && !Double.isNaN(values[i])) {
        within[count++] = i;
      }
    }
    int[] chosen = Arrays.copyOf(within, count);
    return new Series(
        name,
        Arrays.stream(chosen).mapToDouble(i -> seconds[i]).toArray(),
        Arrays.stream(chosen).mapToDouble(i -> values[i]).toArray());
  }

  double mean() {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** The value that this share of all values is at or below; NaN where there is none. */
  double quantile(double share) {
    double[] sorted =
        Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  /** Slope of the least squares line, a second; 0 for fewer than two values. */
  double slope() {
    double meanX = Arrays.stream(seconds).average().orElse(0);
    double meanY = mean();
    double above = 0;
    double below = 0;
    for (int i = 0; i < values.length; i++) {
      above += (seconds[i] - meanX) * (values[i] - meanY);
      below += (seconds[i] - meanX) * (seconds[i] - meanX);
    }
    return below == 0 ? 0 : above / below;
  }
}
