package io.balsa.cli.render;

import java.time.Duration;
import java.util.Locale;

/** Amounts as people read them. Decimal units: 1 MB is 1,000,000 bytes. */
public final class Amounts {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private Amounts() {}

  /** Such as {@code 1,204}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /**
   * Such as {@code 512 B} or {@code 145.9 MB}.
   *
   * @param bytes 0 and up
   */
  public static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double scaled = bytes / 1_000.0;
    int unit = 0;
    // 999.95 would be rounded to "1000.0".
    while (scaled >= 999.95 && unit < UNITS.length - 1) {
      scaled /= 1_000.0;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", scaled, UNITS[unit]);
  }

  /** Such as {@code 48.1 MB/s}; a dash where no time has passed. */
  public static String rate(long bytes, Duration took) {
    return took.isZero() ? "-" : bytes((long) perSecond(bytes, took)) + "/s";
  }

  /** How many a second; 0 where no time has passed. */
  public static double perSecond(long amount, Duration took) {
    return took.isZero() ? 0 : amount / (took.toNanos() / 1e9);
  }

  /**
   * Such as {@code 412 ms}, {@code 1.2 s}, {@code 2 m 05 s} or {@code 3 h 10 m}.
   *
   * @param duration 0 and up
   */
  public static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 59_950) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
    long seconds = (millis + 500) / 1_000;
    return seconds < 3_600
        ? String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d m", seconds / 3_600, seconds % 3_600 / 60);
  }
}
