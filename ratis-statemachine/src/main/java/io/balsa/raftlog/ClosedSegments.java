package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The segments of a group's log to which no entry is added any more, to be read while Ratis has the
 * log open. It may delete them meanwhile, and cut them, which ends with another name. Thread-safe.
 */
public final class ClosedSegments {
  private final Disk disk;
  private final Path current;

  /**
   * Reads nothing yet.
   *
   * @param current the group's folder {@code current}; may be missing
   */
  public ClosedSegments(Disk disk, Path current) {
    this.disk = disk;
    this.current = current;
  }

  /**
   * What was found.
   *
   * @param end index of the segment's last entry
   * @param bytes in the segment
   * @param flaw what is wrong, if anything
   */
  public record Checked(long end, long bytes, Optional<LogContents.Flaw> flaw) {}

  /** Bytes in all of them. */
  public long bytes() throws IOException {
    long bytes = 0;
    for (SegmentName segment : segments()) {
      bytes += size(segment);
    }
    return bytes;
  }

  /**
   * Checks every entry of the first one that begins at an index or behind. One that seems to be
   * damaged is read again, which takes longer than a cut by Ratis; what was cut has another name by
   * then and is passed over.
   *
   * @return empty where there is none
   * @throws IOException the machine cannot read; a medium that cannot is a flaw
   */
  public Optional<Checked> check(long fromIndex) throws IOException {
    Optional<SegmentName> found =
        segments().stream().filter(segment -> segment.start() >= fromIndex).findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    SegmentName segment = found.get();
    long bytes = size(segment);
    Optional<LogContents.Flaw> flaw = flaw(segment);
    if (flaw.isPresent()) {
      flaw = flaw(segment).filter(_ -> disk.exists(segment.file()));
    }
    return Optional.of(new Checked(segment.end(), bytes, flaw));
  }

  private Optional<LogContents.Flaw> flaw(SegmentName segment) throws IOException {
    try {
      return LogContents.flaw(disk, segment);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private List<SegmentName> segments() throws IOException {
    if (!disk.isFolder(current)) {
      return List.of();
    }
    return SegmentName.in(disk, current).stream().filter(segment -> !segment.isOpen()).toList();
  }

  private long size(SegmentName segment) throws IOException {
    try (DiskFile file = disk.openToRead(segment.file())) {
      return file.size();
    } catch (NoSuchFileException | UnreadableFile e) {
      return 0; // Gone, or told by its check.
    }
  }
}
