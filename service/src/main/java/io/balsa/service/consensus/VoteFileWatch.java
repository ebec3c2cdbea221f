package io.balsa.service.consensus;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorageMetadata;

/**
 * Finds votes that could not be written. Ratis 3.3.0 raises its term, then writes the vote file;
 * where that fails it says so in its log and lives on: a candidate stays one for ever, without an
 * election, and a follower takes entries of a term that its file does not know.
 *
 * <p>Ratis tells nobody when it writes, and holds no lock of ours. But while it does there is a
 * temporary file, which goes when the writing fails. So a vote counts as lost when the term is
 * ahead of the file, without a temporary file, in {@link #LOOKS} looks in a row; each forces the
 * folder, so that a slow disk, which may keep Ratis from making that file, slows the looks, too.
 *
 * <p>For one thread.
 */
final class VoteFileWatch {
  /** A third of a second of the watermark's beats: what fails must stop the node within one. */
  private static final int LOOKS = 6;

  private static final String TEMPORARY_FILE = "raft-meta.tmp";

  private final Disk disk;
  private final Map<GroupName, Lag> lags = new HashMap<>();

  /** A term that is not in the file, and how often it was not. */
  private record Lag(long term, int looks) {}

  VoteFileWatch(Disk disk) {
    this.disk = disk;
  }

  /**
   * Looks at a group.
   *
   * @return why its vote counts as lost, upon which the node must stop; empty where it does not
   */
  Optional<String> look(RaftServer.Division division, GroupName group) throws IOException {
    // The term first: the file may only be newer.
    long term = division.getInfo().getCurrentTerm();
    RaftStorageMetadata written = division.getRaftStorage().getMetadataFile().getMetadata();
    Path folder = division.getRaftStorage().getStorageDir().getCurrentDir().toPath();
    if (written.getTerm() >= term || disk.exists(folder.resolve(TEMPORARY_FILE))) {
      lags.remove(group);
      return Optional.empty();
    }
    disk.syncFolder(folder);
    Lag before = lags.getOrDefault(group, new Lag(term, 0));
    int looks = before.term == term ? before.looks + 1 : 1;
    lags.put(group, new Lag(term, looks));
    return looks < LOOKS
        ? Optional.empty()
        : Optional.of(
            "the term is %d, raft-meta has %d; the log above says what failed"
                .formatted(term, written.getTerm()));
  }
}
