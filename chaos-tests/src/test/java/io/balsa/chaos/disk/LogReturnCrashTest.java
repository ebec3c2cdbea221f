package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.DiskFile;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit;
import io.balsa.raftlog.LogAudit.Verdict;
import io.balsa.raftlog.LogContents;
import io.balsa.raftlog.LogEvidence;
import io.balsa.raftlog.LogReturn;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Quarantine;
import io.balsa.raftlog.RaftVote;
import io.balsa.raftlog.RejoinMark;
import io.balsa.raftlog.Watermark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The return of a replica that lost its log, after a power cut. */
class LogReturnCrashTest {
  private static final String SELF = "n1.0123456789abcdef";
  private static final Path ROOT = Path.of("/data");
  private static final Path CURRENT = ROOT.resolve("raft/group/current");
  private static final Path OLD_SEGMENT = CURRENT.resolve("log_inprogress_0");
  private static final LogReturn.Replica REPLICA =
      new LogReturn.Replica(
          GroupName.CATALOG, ROOT.resolve("raft/group"), ROOT.resolve("rejoin/catalog"));
  private static final LogAudit.Store STORE =
      new LogAudit.Store(new LogPosition(3, 4), LogPosition.START);

  /** The old log had these entries from the first one on, the new one begins behind the store. */
  private static final int OLD_END = 9;

  private static final int NEW_BEGIN = 5;
  private static final int NEW_END = 14;
  private static final int OLD_TERM = 3;
  private static final int NEW_TERM = 5;

  /** What the replica had said, by what it does next. */
  private enum Said {
    /** The leader may take it out. */
    LEFT,
    /** It may vote, and the leader may take it in. */
    BEGAN,
    /** It knows itself as a voter. */
    ADDED,
    BACK
  }

  /** How a start found the replica. */
  private sealed interface Found {
    /** It lost its log. */
    record Absent(RejoinMark mark) implements Found {}

    /** Its log is opened, and the leader must take it in. */
    record Returning(LogContents log) implements Found {}

    /** Its log is opened as if nothing had ever happened. */
    record Voter(LogContents log) implements Found {}
  }

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void aLogThatWasLostIsNeverOpenedAgainAndTheReturnGoesOn(long seed) throws IOException {
    tryOn(new RecordingDisk(), seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rejoin", "/quarantine", "/watermark"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, LogReturnCrashTest::tryOn);
  }

  private static void tryOn(RecordingDisk disk, long seed) throws IOException {
    Random random = new Random(seed);
    damagedLog(disk, random);
    disk.settle();
    boolean back = false;
    while (!back) {
      disk.killAfter(random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(40));
      try {
        new Life(disk).run();
        back = true;
      } catch (RecordingDisk.Killed e) {
        disk.revive();
      }
    }
    CrashStates.check(disk, seed, LogReturnCrashTest::check);
  }

  private static void damagedLog(RecordingDisk disk, Random random) throws IOException {
    disk.createFolders(CURRENT);
    RaftFiles.vote(disk, CURRENT, OLD_TERM, "n2.00");
    RaftFiles.segment(disk, OLD_SEGMENT, RaftFiles.entries(OLD_TERM, 0, OLD_END));
    try (Watermark watermark = watermark(disk)) {
      LogPosition end = new LogPosition(OLD_TERM, OLD_END);
      watermark.set(GroupName.CATALOG, new Mark(end, OLD_TERM, "n2.00"));
      watermark.force();
    }
    switch (random.nextInt(4)) {
      case 0 -> disk.deleteTree(REPLICA.raft());
      case 1 -> {
        disk.delete(CURRENT.resolve("raft-meta"));
        // It had lost that vote; nothing in the file looks wrong.
        RaftFiles.vote(disk, CURRENT, 1, SELF);
      }
      case 2 -> {
        disk.delete(OLD_SEGMENT);
        RaftFiles.segment(disk, OLD_SEGMENT, RaftFiles.entries(OLD_TERM, 0, OLD_END - 2));
        // The very vote with which it will begin anew.
        disk.delete(CURRENT.resolve("raft-meta"));
        RaftFiles.vote(disk, CURRENT, NEW_TERM, SELF);
      }
      default -> {
        try (DiskFile segment = disk.open(OLD_SEGMENT)) {
          segment.write(ByteBuffer.wrap(new byte[] {77}), 20);
        }
      }
    }
  }

  private static Watermark watermark(RecordingDisk disk) throws IOException {
    return Watermark.open(disk, ROOT.resolve("watermark"), SELF);
  }

  /** A process from its start on, in the order of the node's own starts. */
  private static final class Life {
    private final RecordingDisk disk;
    private final Watermark watermark;
    private final LogReturn returns;

    Life(RecordingDisk disk) throws IOException {
      this.disk = disk;
      watermark = watermark(disk);
      Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
      Quarantine quarantine = new Quarantine(disk, ROOT.resolve("quarantine"), clock);
      returns = new LogReturn(disk, watermark, quarantine, SELF);
    }

    Found start() throws IOException {
      Optional<RejoinMark> mark = returns.resume(REPLICA);
      if (mark.isPresent() && mark.get().stage() == RejoinMark.Stage.REMOVE) {
        return leave(mark.get());
      }
      LogAudit.Evidence found =
          LogEvidence.of(disk, REPLICA.raft(), true, watermark.mark(GroupName.CATALOG), STORE);
      return switch (LogAudit.of(found)) {
        case Verdict.Damaged(String reason) -> leave(RejoinMark.damaged(reason));
        case Verdict.Sound _ ->
            mark.isPresent() ? new Found.Returning(found.log()) : new Found.Voter(found.log());
        case Verdict.Torn torn -> throw new AssertionError("all segments were forced: " + torn);
        case Verdict.Fresh _ -> throw new AssertionError("it was used before");
      };
    }

    private Found leave(RejoinMark mark) throws IOException {
      returns.leave(REPLICA, mark);
      disk.mark(Said.LEFT);
      return new Found.Absent(mark);
    }

    /** Ends when it is back. */
    void run() throws IOException {
      switch (start()) {
        case Found.Voter _ -> {
          return;
        }
        case Found.Absent(RejoinMark mark) ->
            returns.beginAnew(REPLICA, mark, new LogPosition(NEW_TERM, NEW_BEGIN + 2));
        case Found.Returning _ -> {}
      }
      disk.mark(Said.BEGAN);
      beFilled();
      disk.mark(Said.ADDED);
      returns.end(REPLICA);
      disk.mark(Said.BACK);
    }

    /** Ratis forces the entries and not the segment's name; the beat notes what was forced. */
    private void beFilled() throws IOException {
      if (LogContents.read(disk, CURRENT, -1).isEmpty()) {
        Path segment = CURRENT.resolve("log_inprogress_" + NEW_BEGIN);
        if (disk.exists(segment)) {
          disk.delete(segment);
        }
        RaftFiles.segment(disk, segment, RaftFiles.entries(NEW_TERM, NEW_BEGIN, NEW_END));
      }
      LogPosition end = new LogPosition(NEW_TERM, NEW_END);
      watermark.set(GroupName.CATALOG, new Mark(end, NEW_TERM, SELF));
      watermark.force();
    }
  }

  private static void check(RecordingDisk disk, List<Object> said) throws IOException {
    Found found = new Life(disk).start();
    Optional<LogContents> opened =
        switch (found) {
          case Found.Absent _ -> Optional.empty();
          case Found.Returning(LogContents log) -> Optional.of(log);
          case Found.Voter(LogContents log) -> {
            assertThat(said).contains(Said.ADDED);
            assertThat(log.last().index()).isEqualTo(NEW_END);
            yield Optional.of(log);
          }
        };
    if (opened.isPresent()) {
      assertThat(said).contains(Said.LEFT);
      assertThat(opened.get().first()).isIn(-1L, (long) NEW_BEGIN);
      assertThat(RaftVote.read(disk, CURRENT)).hasValue(new RaftVote(NEW_TERM, SELF));
    }
    new Life(disk).run();
    Found end = new Life(disk).start();
    assertThat(end).isInstanceOf(Found.Voter.class);
    assertThat(((Found.Voter) end).log().last().index()).isEqualTo(NEW_END);
    assertThat(RejoinMark.read(disk, REPLICA.mark())).isEmpty();
  }
}
