package io.balsa.raftlog;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Ratis log segment by its file's name: {@code log_<start>-<end>}, or {@code
 * log_inprogress_<start>} while entries are appended to it.
 *
 * @param file the segment
 * @param start index of its first entry
 * @param end index of its last entry; -1 where it is open
 */
record SegmentName(Path file, long start, long end) {
  private static final Pattern NAME =
      Pattern.compile(
          "log_(?:inprogress_(?<open>[0-9]{1,18})|(?<start>[0-9]{1,18})-(?<end>[0-9]{1,18}))");

  /** Empty where the file is no segment. */
  static Optional<SegmentName> of(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        name.group("open") == null
            ? new SegmentName(
                file, Long.parseLong(name.group("start")), Long.parseLong(name.group("end")))
            : new SegmentName(file, Long.parseLong(name.group("open")), -1));
  }

  boolean isOpen() {
    return end < 0;
  }
}
