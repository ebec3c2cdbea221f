package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogContents;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.impl.ServerImplUtils;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationCopyTest {
  private static final Disk DISK = Disk.real();

  /** The log was purged up to here, and the store has all of it. */
  private static final long FIRST = 30;

  private static final long APPLIED = 40;
  private static final LogContents LOG =
      new LogContents(FIRST, new LogPosition(3, APPLIED), APPLIED + 1, -1, Optional.empty());

  @TempDir private Path group;
  private Path file;
  private Path copy;
  private byte[] whole;

  @BeforeEach
  void ratisWroteAConfigurationAndTheBeatCopiedIt() throws IOException {
    Files.createDirectory(group.resolve("current"));
    file = group.resolve("current/raft-meta.conf");
    copy = group.resolve("configuration");
    RaftConfiguration inUse = configuration(9, "n1", "n2", "n3");
    whole = entry(inUse).toByteArray();
    Files.write(file, whole);
    assertThat(ConfigurationCopy.keep(DISK, group, inUse)).isTrue();
  }

  @Test
  void noBitOfTheFileCanChangeUnnoticed() throws IOException {
    for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
      byte[] rotten = whole.clone();
      rotten[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      Files.write(file, rotten);
      if (mend() == ConfigurationCopy.Verdict.MENDED) {
        assertThat(file).as("bit %d", bit).hasBinaryContent(whole);
      } else {
        // As if it were of an entry that was purged since: the replica must not vote by it.
        assertThat(mend()).as("bit %d", bit).isEqualTo(ConfigurationCopy.Verdict.DOUBTFUL);
        long index = LogEntryProto.parseFrom(rotten).getIndex();
        assertThat(index).as("bit %d", bit).isBetween(10L, FIRST - 1);
      }
    }
  }

  @Test
  void aFileThatIsCutOrGoneIsMended() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.MENDED);
      assertThat(file).hasBinaryContent(whole);
    }
    Files.delete(file);
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.MENDED);
    assertThat(file).hasBinaryContent(whole);
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.SOUND);
  }

  @Test
  void aFileThatCannotBeReadIsMendedAndWithoutACopyNothingIsKnown() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    int[] reads = {0};
    disk.set(
        operation -> {
          // The copy is read first.
          if (operation.equals("read") && ++reads[0] == 2) {
            throw new UnreadableFile(file, new IOException("Input/output error"));
          }
        });
    assertThat(ConfigurationCopy.compare(disk, group, LOG, APPLIED))
        .isEqualTo(ConfigurationCopy.Verdict.MENDED);
    Files.delete(copy);
    reads[0] = 1;
    assertThat(ConfigurationCopy.compare(disk, group, LOG, APPLIED))
        .isEqualTo(ConfigurationCopy.Verdict.DOUBTFUL);
  }

  @Test
  void aCopyThatCannotBeReadCountsAsNoneAndIsMadeAgain() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    int[] reads = {0};
    disk.set(
        operation -> {
          if (operation.equals("read") && ++reads[0] == 2) {
            throw new UnreadableFile(copy, new IOException("Input/output error"));
          }
        });
    // Here the file comes first.
    byte[] before = Files.readAllBytes(copy);
    Object number = Files.getAttribute(copy, "unix:ino");
    assertThat(ConfigurationCopy.keep(disk, group, configuration(9, "n1", "n2", "n3"))).isTrue();
    assertThat(copy).hasBinaryContent(before);
    assertThat(Files.getAttribute(copy, "unix:ino")).isNotEqualTo(number);
  }

  @Test
  void anOlderFileIsBroughtForward() throws IOException {
    Files.write(file, entry(configuration(4, "n1", "n2")).toByteArray());
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.MENDED);
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void aNewerFileMustBeInTheLog() throws IOException {
    LogEntryProto newer = entry(configuration(35, "n1", "n2"));
    Files.write(file, newer.toByteArray());
    log(newer);
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.SOUND);
    assertThat(file).hasBinaryContent(newer.toByteArray());
    log(entry(configuration(35, "n1", "n3")));
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.MENDED);
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void aNewerFileWhoseEntryWasPurgedIsDoubtful() throws IOException {
    Files.write(file, entry(configuration(20, "n1", "n2")).toByteArray());
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.DOUBTFUL);
  }

  @Test
  void aCopyThatIsDamagedOrGoneSaysNothing() throws IOException {
    byte[] kept = Files.readAllBytes(copy);
    for (int at = 0; at < kept.length; at++) {
      byte[] rotten = kept.clone();
      rotten[at] ^= 4;
      Files.write(copy, rotten);
      assertThat(mend()).as("byte %d", at).isEqualTo(ConfigurationCopy.Verdict.SOUND);
      Files.write(copy, Arrays.copyOf(kept, at));
      assertThat(mend()).as("cut at %d", at).isEqualTo(ConfigurationCopy.Verdict.SOUND);
    }
    Files.delete(copy);
    assertThat(mend()).isEqualTo(ConfigurationCopy.Verdict.SOUND);
    assertThat(ConfigurationCopy.keep(DISK, group, configuration(9, "n1", "n2", "n3"))).isTrue();
    assertThat(copy).hasBinaryContent(kept);
  }

  @Test
  void onlyWhatRatisGoesByIsCopied() throws IOException {
    byte[] kept = Files.readAllBytes(copy);
    assertThat(ConfigurationCopy.keep(DISK, group, configuration(12, "n1", "n2"))).isFalse();
    Files.write(file, entry(configuration(12, "n1", "nX")).toByteArray());
    assertThat(ConfigurationCopy.keep(DISK, group, configuration(12, "n1", "n2"))).isFalse();
    assertThat(copy).hasBinaryContent(kept);
  }

  @Test
  void theFormatIsTheOneOfThePage() throws IOException {
    GoldenFile.check(
        "golden/configuration-v1.hex", HexFormat.of().formatHex(Files.readAllBytes(copy)) + "\n");
  }

  private ConfigurationCopy.Verdict mend() throws IOException {
    return ConfigurationCopy.mend(DISK, group, LOG, APPLIED);
  }

  private void log(LogEntryProto newest) throws IOException {
    Path segment = group.resolve("current/log_inprogress_" + newest.getIndex());
    Files.deleteIfExists(segment);
    try (SegmentedRaftLogOutputStream out =
        new SegmentedRaftLogOutputStream(
            segment.toFile(), false, 1 << 20, 1 << 16, ByteBuffer.allocateDirect(1 << 16))) {
      out.write(newest);
    }
  }

  private static LogEntryProto entry(RaftConfiguration configuration) {
    return LogProtoUtils.toLogEntryProto(configuration, 3L, configuration.getLogEntryIndex());
  }

  private static RaftConfiguration configuration(long index, String... peers) {
    List<RaftPeer> voters =
        Stream.of(peers)
            .map(
                peer ->
                    RaftPeer.newBuilder()
                        .setId(RaftPeerId.valueOf(peer))
                        .setAddress("10.0.0.1:4701")
                        .setClientAddress("10.0.0.1:4700")
                        .build())
            .toList();
    return ServerImplUtils.newRaftConfiguration(voters, List.of(), index, List.of(), List.of());
  }
}
