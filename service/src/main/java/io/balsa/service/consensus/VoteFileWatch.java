package io.balsa.service.consensus;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.AtomicFileOutputStream;

/**
 * Finds votes that could not be written. Ratis 3.3.0 raises its term, then writes the vote file;
 * where that fails it says so in its log and lives on: a candidate stays one for ever, without an
 * election, and a follower takes entries of a term that its file does not know.
 *
 * <p>Ratis tells nobody when it writes, and holds no lock of ours. But while it does there is a
 * temporary file, which goes when the writing fails. So a vote counts as lost when the term is
 * ahead of the file, without a temporary file, in {@link #LOOKS} looks in a row; each forces the
 * folder, so that a slow disk, which may keep Ratis from making that file, slows the looks, too.
 * Where threads wait for a processor looks do not count, since Ratis' thread may wait for one.
 *
 * <p>No state.
 */
final class VoteFileWatch {
  private static final int LOOKS = 8;
  private static final int LOOKS_MAX = 10 * LOOKS;
  private static final Duration PAUSE = Duration.ofMillis(40);

  private final Disk disk;

  VoteFileWatch(Disk disk) {
    this.disk = disk;
  }

  /**
   * Looks at a group; takes a third of a second where its vote is lost, and no time else. On a
   * machine so busy that looks do not count it gives up after some seconds, until the next time.
   *
   * @return why its vote counts as lost, upon which the node must stop; empty where it does not
   */
  Optional<String> look(RaftServer.Division division) throws IOException {
    int looks = 1;
    for (int all = 0; all < LOOKS_MAX && isBehind(division); all++) {
      if (looks == LOOKS) {
        return Optional.of(
            "the term is %d, raft-meta has %d; the log above says what failed"
                .formatted(
                    division.getInfo().getCurrentTerm(),
                    division.getRaftStorage().getMetadataFile().getMetadata().getTerm()));
      }
      disk.syncFolder(folder(division));
      long before = System.nanoTime();
      LockSupport.parkNanos(PAUSE.toNanos());
      boolean inTime = System.nanoTime() - before < 2 * PAUSE.toNanos();
      looks = inTime ? looks + 1 : 1;
    }
    return Optional.empty();
  }

  private boolean isBehind(RaftServer.Division division) throws IOException {
    // The term first: the file may only be newer.
    long term = division.getInfo().getCurrentTerm();
    Path file = folder(division).resolve("raft-meta");
    return division.getRaftStorage().getMetadataFile().getMetadata().getTerm() < term
        && !disk.exists(AtomicFileOutputStream.getTemporaryFile(file.toFile()).toPath());
  }

  private static Path folder(RaftServer.Division division) {
    return division.getRaftStorage().getStorageDir().getCurrentDir().toPath();
  }
}
