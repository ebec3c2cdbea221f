package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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

  /** All segments in a folder, in order of their first entries. */
  static List<SegmentName> in(Disk disk, Path current) throws IOException {
    return disk.list(current).stream()
        .flatMap(file -> of(file).stream())
        .sorted(Comparator.comparingLong(SegmentName::start))
        .toList();
  }

  /** The name of this segment when no entry is added behind {@code lastIndex}. */
  Path closedAt(long lastIndex) {
    return file.resolveSibling("log_" + start + "-" + lastIndex);
  }

  boolean isOpen() {
    return end < 0;
  }
}
