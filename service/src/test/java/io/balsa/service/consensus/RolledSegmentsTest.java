package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogContents;
import io.balsa.raftlog.RaftVote;
import io.balsa.raftlog.RolledSegments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLog;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that Ratis wrote, and of whose names a power cut lost some; Ratis opens it again. */
class RolledSegmentsTest {
  private static final List<String> NAMES = List.of("log_0-4", "log_5-9", "log_inprogress_10");
  private static final long END = 14;

  @TempDir private Path temp;
  private Path group;
  private Path current;

  /** A segment for each of three terms. */
  @BeforeEach
  void ratisWritesALog() throws IOException {
    group = temp.resolve("group");
    current = group.resolve("current");
    new RaftVote(3, "n1").seed(Disk.real(), group);
    for (int segment = 0; segment < NAMES.size(); segment++) {
      try (SegmentedRaftLogOutputStream out =
          new SegmentedRaftLogOutputStream(
              current.resolve(NAMES.get(segment)).toFile(),
              false,
              1 << 20,
              1 << 16,
              ByteBuffer.allocateDirect(1 << 16))) {
        for (long index = 5L * segment; index < 5L * (segment + 1); index++) {
          out.write(entry(1 + segment, index));
        }
      }
    }
  }

  private RaftStorage storage() throws IOException {
    RaftStorage storage =
        RaftStorage.newBuilder()
            .setDirectory(group.toFile())
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
            .setStorageFreeSpaceMin(SizeInBytes.valueOf("0"))
            .build();
    storage.initialize();
    return storage;
  }

  private static SegmentedRaftLog openLog(RaftStorage storage) throws IOException {
    RaftGroupId groupId = RaftGroupId.valueOf(new UUID(1, 2));
    SegmentedRaftLog log =
        SegmentedRaftLog.newBuilder()
            .setMemberId(RaftGroupMemberId.valueOf(RaftPeerId.valueOf("n1"), groupId))
            .setStorage(storage)
            .setSubmitUpdateCommitEvent(() -> {})
            .setProperties(new RaftProperties())
            .build();
    log.open(RaftLog.INVALID_LOG_INDEX, null);
    return log;
  }

  private static LogEntryProto entry(long term, long index) {
    return LogEntryProto.newBuilder()
        .setTerm(term)
        .setIndex(index)
        .setStateMachineLogEntry(
            StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFromUtf8("data")))
        .build();
  }

  /** The end of the log for Ratis. */
  private long end() throws IOException {
    try (RaftStorage storage = storage();
        SegmentedRaftLog log = openLog(storage)) {
      return log.getLastEntryTermIndex().getIndex();
    }
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path file : Disk.real().list(current)) {
      if (file.getFileName().toString().startsWith("log_")) {
        names.add(file.getFileName().toString());
      }
    }
    return names;
  }

  private void loseName(String name) throws IOException {
    String start = name.replaceAll("log_([0-9]+)-.*", "$1");
    Files.move(current.resolve(name), current.resolve("log_inprogress_" + start));
  }

  @Test
  void ratisDoesNotOpenALogWithTwoOpenSegments() throws IOException {
    loseName("log_5-9");
    assertThatThrownBy(this::end).hasMessageContaining("Found a gap between logs");
    loseName("log_0-4");
    assertThatThrownBy(this::end).hasMessageContaining("this.openSegment");
  }

  @Test
  void ratisForgetsWhatStandsBehindAnOpenSegment() throws IOException {
    Files.delete(current.resolve("log_inprogress_10"));
    loseName("log_0-4");
    assertThat(LogContents.read(Disk.real(), current, -1).last()).isEqualTo(new LogPosition(2, 9));
    assertThat(end()).isEqualTo(4);
  }

  @Test
  void segmentsThatLostTheirNamesAreClosedAndRatisOpensTheLogToItsEnd() throws IOException {
    for (int lost = 1; lost < 4; lost++) {
      for (int at = 0; at < 2; at++) {
        if ((lost >> at & 1) != 0) {
          loseName(NAMES.get(at));
        }
      }
      LogContents found = LogContents.read(Disk.real(), current, -1);
      assertThat(found.flaw()).isEmpty();
      assertThat(found.last()).isEqualTo(new LogPosition(3, END));
      assertThat(RolledSegments.close(Disk.real(), current)).isEqualTo(Integer.bitCount(lost));
      assertThat(names()).isEqualTo(NAMES);
      assertThat(end()).isEqualTo(END);
    }
    assertThat(RolledSegments.close(Disk.real(), current)).isZero();
    assertThat(RolledSegments.close(Disk.real(), temp.resolve("missing"))).isZero();
  }
}
