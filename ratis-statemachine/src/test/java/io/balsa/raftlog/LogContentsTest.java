package io.balsa.raftlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments that Ratis itself wrote, whole and damaged. */
class LogContentsTest {
  private static final int ENTRIES = 20;
  private static final long PREALLOCATED = 1 << 20;

  @TempDir private Path current;

  private Path open;

  /** Where each entry of the open segment ends. */
  private final List<Long> ends = new ArrayList<>();

  /** Entries 0 to 9 of term 1 in a closed segment, 10 to 29 of term 2 in an open one. */
  @BeforeEach
  void ratisWritesALog() throws IOException {
    write(current.resolve("log_0-9"), 0, 10, 1, false);
    open = current.resolve("log_inprogress_10");
    write(open, 10, ENTRIES, 2, true);
    Files.writeString(current.resolve("raft-meta"), "term=2\nvotedFor=n1\n");
  }

  @Test
  void closedSegmentsAreCheckedOneByOneWhileTheLogIsInUse() throws IOException {
    Files.delete(open);
    Path second = current.resolve("log_10-19");
    write(second, 10, 10, 2, false);
    ClosedSegments segments = new ClosedSegments(Disk.real(), current);
    long bytes = Files.size(current.resolve("log_0-9")) + Files.size(second);
    assertThat(segments.bytes()).isEqualTo(bytes);
    assertThat(segments.check(0).orElseThrow().end()).isEqualTo(9);
    assertThat(segments.check(0).orElseThrow().flaw()).isEmpty();
    assertThat(segments.check(20)).isEmpty();
    byte[] rotten = Files.readAllBytes(second);
    rotten[rotten.length / 2] ^= 4;
    Files.write(second, rotten);
    ClosedSegments.Checked found = segments.check(10).orElseThrow();
    assertThat(found.end()).isEqualTo(19);
    assertThat(found.flaw().orElseThrow().file()).isEqualTo(second);
  }

  private void write(Path file, long first, int count, long term, boolean padded)
      throws IOException {
    long length;
    try (SegmentedRaftLogOutputStream out =
        new SegmentedRaftLogOutputStream(
            file.toFile(), false, 8 << 20, PREALLOCATED, ByteBuffer.allocateDirect(1 << 20))) {
      for (int number = 0; number < count; number++) {
        out.write(entry(term, first + number, 1 + number * 997));
        out.flush();
        ends.add(dataBytes(file));
      }
      length = ends.getLast();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      if (padded) {
        // As a killed process leaves it.
        channel.write(ByteBuffer.allocate(1), PREALLOCATED);
      }
    }
  }

  /** The last byte of an entry's checksum is never 0 with this data; see the assertion below. */
  private static long dataBytes(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  private static LogEntryProto entry(long term, long index, int bytes) {
    byte[] data = new byte[bytes];
    Arrays.fill(data, (byte) (index + 1));
    return LogEntryProto.newBuilder()
        .setTerm(term)
        .setIndex(index)
        .setStateMachineLogEntry(
            StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
        .build();
  }

  private LogContents read(long markIndex) throws IOException {
    return LogContents.read(Disk.real(), current, markIndex);
  }

  private long end(int entry) {
    return ends.get(10 + entry);
  }

  private void change(long offset, int bytes, byte with) throws IOException {
    byte[] filling = new byte[bytes];
    Arrays.fill(filling, with);
    try (FileChannel channel = FileChannel.open(open, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(filling), offset);
    }
  }

  private void cut(long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(open, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  @Test
  void whatRatisWroteIsReadToItsEnd() throws IOException {
    LogContents log = read(9);
    assertThat(log.flaw()).isEmpty();
    assertThat(log.first()).isZero();
    assertThat(log.last()).isEqualTo(new LogPosition(2, 29));
    assertThat(log.termAtMark()).isEqualTo(1);
    assertThat(read(10).termAtMark()).isEqualTo(2);
    assertThat(read(30).termAtMark()).isEqualTo(-1);
  }

  @Test
  void aLogThatWasPurgedBeginsLater() throws IOException {
    Files.delete(current.resolve("log_0-9"));
    assertThat(read(10).first()).isEqualTo(10);
    assertThat(read(10).flaw()).isEmpty();
  }

  @Test
  void aClosedSegmentThatLostItsNameIsReadLikeAnyOther() throws IOException {
    LogContents before = read(9);
    Files.move(current.resolve("log_0-9"), current.resolve("log_inprogress_0"));
    assertThat(read(9)).isEqualTo(before);
    cut(end(5) + 1);
    assertThat(read(9).flaw().orElseThrow().atTail()).isTrue();
  }

  @Test
  void aTailCutOrZeroedAtAnEntrysEndIsAShorterLog() throws IOException {
    change(end(12), (int) (end(19) - end(12)), (byte) 0);
    assertThat(read(29).flaw()).isEmpty();
    assertThat(read(29).last()).isEqualTo(new LogPosition(2, 22));
    cut(end(5));
    assertThat(read(29).flaw()).isEmpty();
    assertThat(read(29).last()).isEqualTo(new LogPosition(2, 15));
  }

  @Test
  void aCutInsideAnEntryIsAFlawAtTheTailBehindTheLastWholeOne() throws IOException {
    for (long bytes = end(5) + 1; bytes < end(6); bytes += 501) {
      Path whole = Files.copy(open, current.resolve("kept"));
      cut(bytes);
      LogContents log = read(29);
      assertThat(log.last()).isEqualTo(new LogPosition(2, 15));
      assertThat(log.flaw()).isPresent();
      assertThat(log.flaw().get().offset()).isEqualTo(end(5));
      assertThat(log.flaw().get().atTail()).isTrue();
      Files.delete(open);
      Files.move(whole, open);
    }
  }

  @Test
  void zerosInsideAnEntryAndAnyFlippedByteAreFlaws() throws IOException {
    change(end(7) + 40, 100, (byte) 0);
    assertThat(read(29).last()).isEqualTo(new LogPosition(2, 17));
    assertThat(read(29).flaw()).isPresent();
    ends.clear();
    ratisWritesALog();
    byte[] good = Files.readAllBytes(open);
    for (int offset = 0; offset < end(1); offset += 3) {
      change(offset, 1, (byte) (good[offset] ^ 0x10));
      assertThat(read(29).flaw()).as("byte %d", offset).isPresent();
      assertThat(read(29).last().index()).isLessThan(12);
      change(offset, 1, good[offset]);
    }
    change(end(19) + 5000, 1, (byte) 1);
    assertThat(read(29).flaw().orElseThrow().what()).contains("behind the last entry");
  }

  @Test
  void aMissingOrIncompleteOlderSegmentIsNeverTheTail() throws IOException {
    write(current.resolve("log_inprogress_40"), 40, 1, 2, false);
    assertThat(read(29).flaw().orElseThrow().what()).isEqualTo("entry 30 is missing");
    assertThat(read(29).flaw().orElseThrow().atTail()).isFalse();
    Files.delete(current.resolve("log_inprogress_40"));
    try (FileChannel channel =
        FileChannel.open(current.resolve("log_0-9"), StandardOpenOption.WRITE)) {
      channel.truncate(ends.get(8));
    }
    assertThat(read(29).flaw().orElseThrow().what()).isEqualTo("it ends before entry 9");
    assertThat(read(29).flaw().orElseThrow().atTail()).isFalse();
  }

  /** No crash leaves that, so it is never a torn tail, which would be cut. */
  @Test
  void aSegmentThatTheDiskCannotReadIsFlawedAndNotAtTheTail() throws IOException {
    LogContents log = LogContents.read(unreadable(), current, 29);
    assertThat(log.flaw().orElseThrow().file()).isEqualTo(current.resolve("log_0-9"));
    Files.delete(current.resolve("log_0-9"));
    LogContents.Flaw flaw = LogContents.read(unreadable(), current, 29).flaw().orElseThrow();
    assertThat(flaw.file()).isEqualTo(open);
    assertThat(flaw.atTail()).isFalse();
    assertThat(flaw.what()).contains("cannot be read", "Input/output error");
  }

  @Test
  void aClosedSegmentThatTheDiskCannotReadIsFoundByTheScrub() throws IOException {
    ClosedSegments segments = new ClosedSegments(unreadable(), current);
    assertThat(segments.check(0).orElseThrow().flaw().orElseThrow().what())
        .contains("cannot be read");
  }

  @Test
  void aVoteThatTheDiskCannotReadIsNone() throws IOException {
    assertThat(RaftVote.read(unreadable(), current)).isEmpty();
  }

  /** Want of memory, say, is no reason to give a log up. */
  @Test
  void aMachineThatCannotReadProvesNothingAboutTheLog() {
    FaultyDisk disk = new FaultyDisk();
    disk.set(
        operation -> {
          if (operation.equals("read")) {
            throw new IOException("Cannot allocate memory");
          }
        });
    assertThatThrownBy(() -> LogContents.read(disk, current, 29))
        .hasMessage("Cannot allocate memory");
    assertThatThrownBy(() -> RaftVote.read(disk, current)).hasMessage("Cannot allocate memory");
  }

  private FaultyDisk unreadable() {
    FaultyDisk disk = new FaultyDisk();
    disk.set(
        operation -> {
          if (operation.equals("read")) {
            throw new UnreadableFile(current, new IOException("Input/output error"));
          }
        });
    return disk;
  }

  @Test
  void aSegmentThatACrashLeftWithoutAnEntryIsEmpty() throws IOException {
    for (long bytes : new long[] {0, 3, 8}) {
      cut(bytes);
      assertThat(read(29).flaw()).isEmpty();
      assertThat(read(29).last()).isEqualTo(new LogPosition(1, 9));
    }
  }

  @Test
  void theVoteFileOfRatisIsReadAndOneThatMakesNoSenseIsNot() throws IOException {
    assertThat(RaftVote.read(Disk.real(), current)).hasValue(new RaftVote(2, "n1"));
    for (String text : List.of("", "term=2\n", "term=x\nvotedFor=n1\n", "term=-1\nvotedFor=\n")) {
      Files.writeString(current.resolve("raft-meta"), text);
      assertThat(RaftVote.read(Disk.real(), current)).as(text).isEmpty();
    }
    Path group = current.resolve("group");
    new RaftVote(7, "n2.00").seed(Disk.real(), group);
    assertThat(RaftVote.read(Disk.real(), group.resolve("current")))
        .hasValue(new RaftVote(7, "n2.00"));
  }
}
