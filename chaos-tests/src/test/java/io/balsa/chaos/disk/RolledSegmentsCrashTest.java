package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.DiskFile;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogContents;
import io.balsa.raftlog.RolledSegments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ratis forces what is in its segments, and none of their names: a log after a power cut. */
class RolledSegmentsCrashTest {
  private static final Path CURRENT = Path.of("/data/raft/group/current");
  private static final int ENTRIES_MAX = 4;

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void aLogThatIsReadWithoutAFlawHasOneOpenSegmentAtMostWhichIsTheLast(long seed)
      throws IOException {
    Random random = new Random(seed);
    RecordingDisk disk = new RecordingDisk();
    disk.createFolders(CURRENT);
    disk.settle();
    int next = 0;
    for (int term = 1; term <= 5; term++) {
      int last = next + random.nextInt(ENTRIES_MAX);
      roll(disk, term, next, last, term < 5);
      next = last + 1;
    }
    if (random.nextInt(3) == 0) {
      disk.killAfter(random.nextInt(4));
      try {
        RolledSegments.close(disk, CURRENT);
      } catch (RecordingDisk.Killed e) {
        disk.revive();
      }
    }
    AtomicInteger closed = new AtomicInteger();
    CrashStates.check(disk, seed, (after, _) -> closed.addAndGet(check(after)));
    assertThat(closed).hasPositiveValue();
  }

  /** As Ratis does it. */
  private static void roll(RecordingDisk disk, int term, int first, int last, boolean close)
      throws IOException {
    Path open = CURRENT.resolve("log_inprogress_" + first);
    try (DiskFile file = disk.create(open)) {
      file.write(RaftFiles.header(), 0);
      file.sync();
      file.write(RaftFiles.entries(term, first, last), 8);
      file.sync();
    }
    disk.mark(new LogPosition(term, last));
    if (close) {
      disk.rename(open, CURRENT.resolve("log_" + first + "-" + last));
    }
  }

  /** Returns how many were closed. */
  private static int check(RecordingDisk disk) throws IOException {
    LogContents before = LogContents.read(disk, CURRENT, -1);
    if (before.flaw().isPresent()) {
      return 0; // The audit's business: what Ratis lost by not forcing names is lost.
    }
    int closed = RolledSegments.close(disk, CURRENT);
    List<Path> segments = disk.list(CURRENT);
    List<Path> open =
        segments.stream().filter(path -> path.toString().contains("inprogress")).toList();
    assertThat(open).hasSizeLessThanOrEqualTo(1);
    assertThat(LogContents.read(disk, CURRENT, -1)).isEqualTo(before);
    for (Path path : open) {
      // Ratis takes the open segment's end for the log's.
      disk.delete(path);
      assertThat(LogContents.read(disk, CURRENT, -1).next()).isLessThanOrEqualTo(startOf(path));
    }
    assertThat(RolledSegments.close(disk, CURRENT)).isZero();
    return closed;
  }

  private static long startOf(Path open) {
    return Long.parseLong(open.toString().replaceAll(".*_", ""));
  }
}
