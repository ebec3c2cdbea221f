package io.balsa.bench.curve;

import java.util.Locale;

/**
 * Whether a curve that may rise at first has stopped rising.
 *
 * <p>The rule. <em>Trend</em>: the least squares slope of the last half of the run, times an hour,
 * over the mean of that half. <em>Peaks</em>: the growth from the highest of the third quarter to
 * the highest of the last, over the former; a saw tooth whose period is long against the run has a
 * slope, and the same peaks. A curve has reached a plateau if its trend is at most the threshold,
 * or its peaks grew by at most a tenth of the threshold. What falls does not rise. A run of less
 * than 20 minutes is too short for a verdict.
 *
 * @param column of the samples
 * @param verdict what came of it
 * @param mean of the last half
 * @param trend a share of the mean an hour
 * @param peaks growth of the peak, a share
 * @param threshold for the trend
 */
public record Plateau(
    String column, Verdict verdict, double mean, double trend, double peaks, double threshold) {
  /** The rule, for a reader of the verdicts. */
  public static final String RULE =
      "a curve is level if the line through its last half grows by at most the threshold an hour,"
          + " or its peak in the last quarter is at most a tenth of the threshold above that of the"
          + " quarter before; 20 minutes are the least for a verdict";

  private static final double RUN_SECONDS_MIN = 20 * 60;
  private static final double HOUR_SECONDS = 3_600;
  private static final double PEAKS_SHARE = 0.1;

  /** What may be said of a curve. */
  public enum Verdict {
    /** It stays where it is, or falls. */
    PLATEAU,
    /** It goes on rising. */
    RISING,
    /** The run was too short to say, or nothing was measured. */
    TOO_SHORT
  }

  /**
   * Judges a curve.
   *
   * @param threshold the trend that is still level, such as 0.1 for a tenth of the mean an hour
   */
  public static Plateau of(Series series, double threshold) {
    Series half = series.part(0.5, 1);
    double mean = half.mean();
    double trend = mean == 0 ? 0 : half.slope() * HOUR_SECONDS / mean;
    double before = series.part(0.5, 0.75).quantile(1);
    double after = series.part(0.75, 1).quantile(1);
    double peaks = before == 0 ? 0 : (after - before) / before;
    Verdict verdict = Verdict.RISING;
    if (seconds(series) < RUN_SECONDS_MIN || Double.isNaN(mean)) {
      verdict = Verdict.TOO_SHORT;
    } else if (trend <= threshold || peaks <= threshold * PEAKS_SHARE) {
      verdict = Verdict.PLATEAU;
    }
    return new Plateau(series.name(), verdict, mean, trend, peaks, threshold);
  }

  private static double seconds(Series series) {
    double[] all = series.seconds();
    return all.length == 0 ? 0 : all[all.length - 1] - all[0];
  }

  /** Such as {@code +3.1 %/h, peaks +0.2 %}. */
  public String growth() {
    return String.format(Locale.ROOT, "%+.1f %%/h, peaks %+.1f %%", 100 * trend, 100 * peaks);
  }
}
