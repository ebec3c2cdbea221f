package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the segments of a group's log hold, up to the first flaw.
 *
 * @param first index of the first entry; -1 where there is none
 * @param last the last entry; {@link LogPosition#START} where there is none
 * @param next index of the entry behind the last one, or with which the segments begin; -1 where
 *     there is no segment
 * @param termAtMark term of the entry that was asked for; -1 where the log does not hold it
 * @param flaw where the log stops making sense; what is behind it was not looked at
 */
public record LogContents(
    long first, LogPosition last, long next, long termAtMark, Optional<Flaw> flaw) {
  /** A log without entries. */
  public static final LogContents EMPTY =
      new LogContents(-1, LogPosition.START, -1, -1, Optional.empty());

  /**
   * Where a log stops making sense.
   *
   * @param file the segment
   * @param offset behind its last good entry
   * @param what is wrong
   * @param atTail true where a crash may have left that: it is in the segment that was being
   *     written, behind all others
   */
  public record Flaw(Path file, long offset, String what, boolean atTail) {
    @Override
    public String toString() {
      return file.getFileName() + " at byte " + offset + ": " + what;
    }
  }

  /** True where there is no entry. */
  public boolean isEmpty() {
    return first < 0;
  }

  /**
   * Reads all of a log.
   *
   * @param current the group's folder {@code current}; may be missing
   * @param markIndex the entry whose term is asked for
   * @throws IOException the machine cannot read; where it is the medium, that is a flaw
   */
  public static LogContents read(Disk disk, Path current, long markIndex) throws IOException {
    if (!disk.isFolder(current)) {
      return EMPTY;
    }
    List<SegmentName> segments = SegmentName.in(disk, current);
    Reading reading = new Reading(disk, markIndex);
    for (SegmentName segment : segments) {
      reading.add(segment, segment.equals(segments.getLast()));
      if (reading.flaw.isPresent()) {
        break;
      }
    }
    return new LogContents(
        reading.first, reading.last, reading.next, reading.termAtMark, reading.flaw);
  }

  /** What is wrong with a segment by itself. */
  static Optional<Flaw> flaw(Disk disk, SegmentName segment) throws IOException {
    Reading reading = new Reading(disk, -1);
    reading.add(segment, false);
    return reading.flaw;
  }

  /** What was read so far. */
  private static final class Reading {
    private final Disk disk;
    private final long markIndex;
    private long first = -1;
    private LogPosition last = LogPosition.START;
    private long next = -1;
    private long termAtMark = -1;
    private Optional<Flaw> flaw = Optional.empty();

    /** Bytes of the segment up to the end of its last good entry. */
    private long good;

    Reading(Disk disk, long markIndex) {
      this.disk = disk;
      this.markIndex = markIndex;
    }

    void add(SegmentName segment, boolean isLast) throws IOException {
      if (next >= 0 && segment.start() != next) {
        flaw = Optional.of(new Flaw(segment.file(), 0, "entry " + next + " is missing", false));
        return;
      }
      next = segment.start();
      good = 0;
      try (DiskFile file = disk.openToRead(segment.file())) {
        String wrong = read(new SegmentReader(file), segment);
        if (!wrong.isEmpty()) {
          flaw = Optional.of(new Flaw(segment.file(), good, wrong, isLast && segment.isOpen()));
        }
      } catch (UnreadableFile e) {
        // No crash leaves that, and what cannot be read may be what was promised.
        flaw = Optional.of(new Flaw(segment.file(), good, String.valueOf(e.getMessage()), false));
      }
    }

    /** Reads a segment up to its end, or up to what is wrong with it. */
    private String read(SegmentReader reader, SegmentName segment) throws IOException {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        if (entry.get().index() != next || entry.get().term() < last.term()) {
          return "entry " + entry.get() + " instead of " + next;
        }
        good = reader.goodBytes();
        accept(entry.get());
        next++;
      }
      good = reader.goodBytes();
      if (reader.flaw().isPresent()) {
        return reader.flaw().get();
      }
      boolean isShort = !segment.isOpen() && next != segment.end() + 1;
      return isShort ? "it ends before entry " + next : "";
    }

    private void accept(LogPosition entry) {
      if (first < 0) {
        first = entry.index();
      }
      if (entry.index() == markIndex) {
        termAtMark = entry.term();
      }
      last = entry;
    }
  }
}
