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
   */
  String line(double bytesPerSecond) {
    StringBuilder line = new StringBuilder(label);
    if (filesTotal.orElse(0) != 1) {
      line.append("  ").append(Amounts.count(files));
      filesTotal.ifPresent(total -> line.append('/').append(Amounts.count(total)));
      line.append(" files");
    }
    line.append("  ").append(Amounts.bytes(bytes));
    bytesTotal.ifPresent(total -> line.append(" of ").append(Amounts.bytes(total)));
    if (bytesTotal.isPresent() && bytesTotal.getAsLong() > 0) {
      double share = Math.min(1.0, (double) bytes / bytesTotal.getAsLong());
      line.append(String.format(Locale.ROOT, "  %3d%%", (int) (100 * share)));
    }
    if (bytesPerSecond >= 1) {
      line.append("  ").append(Amounts.bytes((long) bytesPerSecond)).append("/s");
      bytesTotal.ifPresent(total -> line.append("  ").append(left(total, bytesPerSecond)));
    }
    return line.toString();
  }

  private String left(long total, double bytesPerSecond) {
    double seconds = Math.max(0, total - bytes) / bytesPerSecond;
    // Beyond a day a guess is of no use.
    return seconds >= 86_400
        ? "> 24 h left"
        : Amounts.duration(Duration.ofSeconds(Math.round(seconds))) + " left";
  }
}
