package io.balsa.raftlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.GroupName;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatermarkTest {
  private static final String SELF = "n1.0123456789abcdef";
  private static final GroupName CATALOG = GroupName.CATALOG;
  private static final GroupName CHUNKS = GroupName.chunks(1);

  @TempDir private Path folder;

  private static Mark mark(long index) {
    return new Mark(new LogPosition(3, index), 4, "n2.fedcba9876543210");
  }

  private Watermark open() throws IOException {
    return Watermark.open(Disk.real(), folder.resolve("watermark"), SELF);
  }

  private Mark reopened() throws IOException {
    try (Watermark again = open()) {
      return again.mark(CATALOG).orElseThrow();
    }
  }

  private void flip(long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("watermark"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 1));
      channel.write(one.flip(), offset);
    }
  }

  @Test
  void aSlotIsWrittenAndReadByteForByteAsInVersion1() throws IOException {
    WatermarkSlot slot = new WatermarkSlot(5, SELF, Map.of(CATALOG, mark(77), CHUNKS, Mark.START));
    byte[] bytes = new byte[slot.encode().remaining()];
    slot.encode().get(bytes);
    GoldenFile.check("golden/watermark-v1.hex", HexFormat.of().formatHex(bytes) + "\n");
    assertThat(WatermarkSlot.decode(ByteBuffer.wrap(bytes))).hasValue(slot);
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 4;
      assertThat(WatermarkSlot.decode(ByteBuffer.wrap(bytes))).as("byte %d", at).isEmpty();
      bytes[at] ^= 4;
    }
  }

  @Test
  void theLongestMarksFitASlot() {
    Map<GroupName, Mark> marks = new HashMap<>();
    Mark longest = new Mark(mark(7).flushed(), 4, "v".repeat(Mark.PEER_ID_LENGTH_MAX));
    marks.put(CATALOG, longest);
    for (int group = 1; group <= Limits.CHUNK_GROUPS_MAX; group++) {
      marks.put(GroupName.chunks(group), longest);
    }
    WatermarkSlot slot = new WatermarkSlot(1, "p".repeat(Mark.PEER_ID_LENGTH_MAX), marks);
    assertThat(WatermarkSlot.decode(slot.encode())).hasValue(slot);
  }

  @Test
  void whatWasWrittenIsThereWhenOpenedAgain() throws IOException {
    try (Watermark watermark = open()) {
      assertThat(watermark.mark(CATALOG)).isEmpty();
      for (long index = 1; index <= 5; index++) {
        watermark.set(CATALOG, mark(index));
        watermark.write();
        assertThat(reopened()).isEqualTo(mark(index));
        watermark.force();
        assertThat(reopened()).isEqualTo(mark(index));
      }
    }
  }

  @Test
  void aTornSlotLeavesTheStateOfTheLastForce() throws IOException {
    try (Watermark watermark = open()) {
      watermark.set(CATALOG, mark(1));
      watermark.force();
      for (long index = 2; index <= 4; index++) {
        watermark.set(CATALOG, mark(index));
        watermark.write();
      }
    }
    // Forced: the first slot. Written three times since: the second one.
    flip(WatermarkSlot.BYTES + 60);
    assertThat(reopened()).isEqualTo(mark(1));
  }

  @Test
  void whereNoSlotIsWholeOrTheyAreAnothersNothingIsKnown() throws IOException {
    try (Watermark watermark = open()) {
      watermark.set(CATALOG, mark(1));
      watermark.force();
      watermark.set(CATALOG, mark(2));
      watermark.force();
    }
    try (Watermark other =
        Watermark.open(Disk.real(), folder.resolve("watermark"), "n1.1111111111111111")) {
      assertThat(other.mark(CATALOG)).isEmpty();
    }
    flip(40);
    flip(WatermarkSlot.BYTES + 40);
    try (Watermark watermark = open()) {
      assertThat(watermark.mark(CATALOG)).isEmpty();
    }
  }

  /** To write a part of a block that cannot be read would fail, and stop the node at each start. */
  @Test
  void aFileOfWhichASlotCannotBeReadIsReplacedByOneWithTheOther() throws IOException {
    Path file = folder.resolve("watermark");
    try (Watermark watermark = open()) {
      watermark.set(CATALOG, mark(1));
      watermark.force();
      watermark.set(CATALOG, mark(2));
      watermark.force();
    }
    Object before = Files.getAttribute(file, "unix:ino");
    FaultyDisk disk = new FaultyDisk();
    int[] reads = {0};
    disk.set(
        operation -> {
          if (operation.equals("read") && ++reads[0] == 2) {
            throw new UnreadableFile(file, new IOException("Input/output error"));
          }
        });
    try (Watermark watermark = Watermark.open(disk, file, SELF)) {
      assertThat(watermark.mark(CATALOG)).hasValue(mark(1));
      assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(before);
      assertThat(reopened()).isEqualTo(mark(1));
      for (long index = 3; index <= 5; index++) {
        watermark.set(CATALOG, mark(index));
        watermark.force();
        assertThat(reopened()).isEqualTo(mark(index));
      }
    }
    assertThat(Disk.real().list(folder)).containsExactly(file);
  }

  @Test
  void nothingIsWrittenOrForcedWhereNothingChanged() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (Watermark watermark = Watermark.open(disk, folder.resolve("watermark"), SELF)) {
      watermark.set(CATALOG, mark(1));
      watermark.force();
      disk.set(
          operation -> {
            throw new IOException(operation);
          });
      watermark.set(CATALOG, mark(1));
      watermark.force();
      watermark.set(CATALOG, mark(2));
      assertThatThrownBy(watermark::write).hasMessage("write");
    }
  }

  @Test
  void theMarkOfAReturnSurvivesAndADamagedOneBeginsAtTheFirstStage() throws IOException {
    Path path = folder.resolve("catalog");
    assertThat(RejoinMark.read(Disk.real(), path)).isEmpty();
    RejoinMark mark = RejoinMark.damaged("its log\nends at 5");
    mark.write(Disk.real(), path);
    assertThat(RejoinMark.read(Disk.real(), path)).hasValue(mark);
    RejoinMark removed = mark.removedAt(new LogPosition(4, 90));
    removed.write(Disk.real(), path);
    assertThat(RejoinMark.read(Disk.real(), path)).hasValue(removed);
    GoldenFile.check("golden/rejoin-v1.txt", removed.format());
    byte[] bytes = Files.readAllBytes(path);
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 1;
      Files.write(path, bytes);
      assertThat(RejoinMark.read(Disk.real(), path).orElseThrow().stage())
          .isEqualTo(RejoinMark.Stage.REMOVE);
      bytes[at] ^= 1;
    }
    RejoinMark.delete(Disk.real(), path);
    assertThat(RejoinMark.read(Disk.real(), path)).isEmpty();
  }

  @Test
  void theQuarantineKeepsTheNewest() throws IOException {
    Quarantine quarantine =
        new Quarantine(Disk.real(), folder.resolve("quarantine"), Clock.systemUTC());
    quarantine.take(CATALOG, folder.resolve("raft"));
    assertThat(folder.resolve("quarantine")).doesNotExist();
    for (int number = 0; number < Quarantine.KEPT_MAX + 3; number++) {
      Path raft = Files.createDirectories(folder.resolve("raft"));
      Files.writeString(raft.resolve("log"), Integer.toString(number));
      quarantine.take(CATALOG, raft);
      assertThat(raft).doesNotExist();
    }
    assertThat(Disk.real().list(folder.resolve("quarantine")))
        .hasSize(Quarantine.KEPT_MAX)
        .allSatisfy(kept -> assertThat(kept.resolve("log")).exists());
  }
}
