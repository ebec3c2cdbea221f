package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ratis' log files after an install that a crash cut short. Ratis purges its log as part of the
 * install, on a thread of its own; where the crash came before, the store is ahead of the log's
 * end. Ratis 3.3.0 opens such a log, and then refuses every entry, for there would be a gap. So the
 * entries that the snapshot covers are dropped before Ratis looks. None of them is needed: they are
 * committed and in the store (Raft §7).
 */
final class RaftLogFiles {
  private static final Logger log = LoggerFactory.getLogger(RaftLogFiles.class);

  /** Bounds an entry that is only read; above whatever Ratis is set to write. */
  private static final SizeInBytes READ_ENTRY_BYTES_MAX = SizeInBytes.valueOf("256MB");

  private static final Pattern NAME =
      Pattern.compile("log_(?:inprogress_(?<start>[0-9]+)|(?<first>[0-9]+)-(?<end>[0-9]+))");

  private RaftLogFiles() {}

  /**
   * Deletes the segments that end at or before an installed snapshot's index. Ratis must not have
   * opened the log yet.
   *
   * @param disk where the log is
   * @param entryBytesMax the largest entry
   * @throws IOException call again; or the log is corrupt
   */
  static void dropCovered(
      GroupName group,
      Disk disk,
      RaftStorage storage,
      long installedIndex,
      SizeInBytes entryBytesMax)
      throws IOException {
    List<LogSegmentPath> segments = LogSegmentPath.getLogSegmentPaths(storage);
    // The oldest first, so that a crash leaves no gap.
    for (LogSegmentPath segment : segments) {
      if (endOf(segment, installedIndex, entryBytesMax) > installedIndex) {
        return;
      }
      disk.delete(segment.getPath());
      log.atInfo()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue(LogKeys.INDEX, installedIndex)
          .addKeyValue(LogKeys.FILE, segment.getPath())
          .log("dropped log entries that an installed snapshot covers");
    }
  }

  /**
   * What a log spans.
   *
   * @param first its first index
   * @param last its last entry
   */
  record Extent(long first, LogPosition last) {}

  /**
   * Reads what the log in a folder spans; empty where there is no entry. Reads its last segments
   * only, and trusts the names of the others. Ratis must not have opened the log yet.
   *
   * @param folder need not be there
   * @throws IOException the log is corrupt, or the disk failed
   */
  static Optional<Extent> extent(Path folder) throws IOException {
    List<LogSegmentPath> segments = segmentsIn(folder);
    for (int i = segments.size() - 1; i >= 0; i--) {
      AtomicReference<LogPosition> last = new AtomicReference<>(LogPosition.START);
      LogSegment.readSegmentFile(
          segments.get(i).getPath().toFile(),
          segments.get(i).getStartEnd(),
          READ_ENTRY_BYTES_MAX,
          CorruptionPolicy.EXCEPTION,
          null,
          entry -> last.set(new LogPosition(entry.getTerm(), entry.getIndex())));
      if (last.get().index() >= 0) {
        return Optional.of(new Extent(startOf(segments.getFirst()), last.get()));
      }
    }
    return Optional.empty();
  }

  static List<LogSegmentPath> segmentsIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(LogSegmentPath::matchLogSegment)
          .filter(Objects::nonNull)
          .sorted(Comparator.comparingLong(RaftLogFiles::startOf))
          .toList();
    }
  }

  private static long startOf(LogSegmentPath segment) {
    Matcher name = NAME.matcher(segment.getPath().getFileName().toString());
    BrokenInvariant.check(name.matches(), "Ratis' segments have its names", segment.getPath());
    return Long.parseLong(name.group(name.group("first") == null ? "start" : "first"));
  }

  /** The last index in a segment; of an open one that begins behind the limit, its first. */
  private static long endOf(LogSegmentPath segment, long limit, SizeInBytes entryBytesMax)
      throws IOException {
    Matcher name = NAME.matcher(segment.getPath().getFileName().toString());
    if (!name.matches()) {
      throw new IOException(segment.getPath() + " has another name than Ratis' segments");
    }
    if (name.group("end") != null) {
      return Long.parseLong(name.group("end"));
    }
    long start = Long.parseLong(name.group("start"));
    if (start > limit) {
      return start;
    }
    int entries =
        LogSegment.readSegmentFile(
            segment.getPath().toFile(),
            segment.getStartEnd(),
            entryBytesMax,
            CorruptionPolicy.EXCEPTION,
            null,
            null);
    return start + entries - 1;
  }
}
