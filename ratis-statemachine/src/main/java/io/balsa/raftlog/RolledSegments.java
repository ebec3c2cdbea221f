package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.model.BrokenInvariant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Segments that Ratis had closed and that a power cut opened again. Ratis 3.3.0 closes one by a
 * rename, makes the next one, and forces neither name, so a file system may keep the newer alone.
 * Our reader finds every entry of such a log. Ratis throws at each start where another open segment
 * stands behind; where only closed ones do, it opens the log as if it ended with the open one
 * (SegmentedRaftLogCache: validateAdding, setOpenSegment, getEndIndex). No state.
 */
public final class RolledSegments {
  private RolledSegments() {}

  /**
   * Gives each open segment that is not the last its closed name again; durable on return. After a
   * crash some have it. Ratis must not have opened the log.
   *
   * @param current the group's folder {@code current}; its log was read to its end, and only its
   *     last segment may have had a flaw
   * @return how many had lost it
   */
  public static int close(Disk disk, Path current) throws IOException {
    if (!disk.isFolder(current)) {
      return 0;
    }
    List<SegmentName> segments = SegmentName.in(disk, current);
    int closed = 0;
    for (int at = 0; at < segments.size() - 1; at++) {
      SegmentName segment = segments.get(at);
      if (segment.isOpen()) {
        long last = segments.get(at + 1).start() - 1;
        BrokenInvariant.check(last >= segment.start(), "a log's segments join", segments);
        disk.rename(segment.file(), segment.closedAt(last));
        closed++;
      }
    }
    if (closed > 0) {
      disk.syncFolder(current);
    }
    return closed;
  }
}
