package io.balsa.cli.render;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How far something is, as one line of text.
 *
 * @param label what goes on
 * @param files files done
 * @param filesTotal files in all, where known
 * @param bytes bytes done
 * @param bytesTotal bytes in all, where known
 */
record ProgressText(
    String label, long files, OptionalLong filesTotal, long bytes, OptionalLong bytesTotal) {

  /**
   * The line.
   *
   * @param bytesPerSecond the present rate; 0 where there is none
   * @param average the rate since the begin, which tells the end better than the present one: files
   *     end in leaps
   */
  String line(double bytesPerSecond, double average) {
    StringBuilder line = new StringBuilder(label);
    line.append("  ").append(Amounts.bytes(bytes));
    bytesTotal.ifPresent(total -> line.append(" of ").append(Amounts.bytes(total)));
    if (bytesTotal.isPresent() && bytesTotal.getAsLong() > 0) {
      double share = Math.min(1.0, (double) bytes / bytesTotal.getAsLong());
      line.append(String.format(Locale.ROOT, "  %d%%", (int) (100 * share)));
    }
    if (bytesPerSecond >= 1) {
      line.append("  ").append(Amounts.bytes((long) bytesPerSecond)).append("/s");
    }
    // Before a hundredth is done a guess is of no use.
    bytesTotal.ifPresent(
        total -> line.append(average >= 1 && bytes >= total / 100 ? left(total, average) : ""));
    if (filesTotal.orElse(0) != 1) {
      // Last, since a narrow terminal cuts the line.
      line.append("  ").append(Amounts.count(files));
      filesTotal.ifPresent(total -> line.append('/').append(Amounts.count(total)));
      line.append(" files");
    }
    return line.toString();
  }

  private String left(long total, double average) {
    long seconds = Math.round(Math.max(0, total - bytes) / average);
    String text = seconds < 60 ? seconds + " s" : Amounts.duration(Duration.ofSeconds(seconds));
    return "  " + text + " left";
  }
}
