package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads what {@link LogAudit} judges; changes nothing. No state. */
public final class LogEvidence {
  private LogEvidence() {}

  /**
   * Reads a group's log and vote. Takes as long as that.
   *
   * @param raftFolder the group's folder; may be missing
   * @param used the group was opened before
   * @param mark its watermark
   * @param store where its store is
   * @throws IOException the machine cannot read; a medium that cannot is evidence
   */
  public static LogAudit.Evidence of(
      Disk disk, Path raftFolder, boolean used, Optional<Mark> mark, LogAudit.Store store)
      throws IOException {
    Path current = raftFolder.resolve("current");
    long markIndex = mark.map(Mark::flushed).orElse(LogPosition.START).index();
    return new LogAudit.Evidence(
        used,
        disk.exists(raftFolder),
        LogContents.read(disk, current, markIndex),
        RaftVote.read(disk, current),
        mark,
        store);
  }
}
