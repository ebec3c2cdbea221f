package io.balsa.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotManifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTransferTest {
  private static final Disk DISK = Disk.real();
  private static final LogPosition POSITION = new LogPosition(3, 1_000);

  @TempDir Path temp;
  private Path from;
  private Path staging;
  private SnapshotSource source;

  @BeforeEach
  void makeASource() throws IOException {
    from = temp.resolve("from");
    staging = temp.resolve("live.staging");
    Files.createDirectories(from.resolve("index/deep"));
    byte[] bytes = new byte[2_500_000];
    new Random(1).nextBytes(bytes);
    Files.write(from.resolve("pack-1.pack"), bytes);
    Files.write(from.resolve("index/CURRENT"), new byte[] {1, 2, 3});
    Files.write(from.resolve("index/deep/empty"), new byte[0]);
    Files.write(from.resolve("SNAPSHOT-COMPLETE"), new byte[] {9});
    source = source(Map.of());
  }

  @Test
  void aSnapshotArrivesAsItWasSent() throws IOException {
    assertThat(source.manifest().entries())
        .extracting(Entry::relativePath)
        .containsExactly("index/CURRENT", "index/deep/empty", "pack-1.pack");
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      transfer(receiver, 1_000_000);
      assertThat(SnapshotMarker.read(DISK, staging)).isEmpty();
      receiver.finish();
    }
    assertThat(SnapshotMarker.read(DISK, staging)).contains(source.manifest());
    for (Entry entry : source.manifest().entries()) {
      assertThat(staging.resolve(entry.relativePath()))
          .hasSameBinaryContentAs(from.resolve(entry.relativePath()));
    }
  }

  @Test
  void ofAGrowingFileOnlyThePrefixIsSent() throws IOException {
    source = source(Map.of("pack-1.pack", 1_000L));
    Files.write(from.resolve("pack-1.pack"), new byte[10], StandardOpenOption.APPEND);
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      transfer(receiver, 300);
      receiver.finish();
    }
    assertThat(Files.size(staging.resolve("pack-1.pack"))).isEqualTo(1_000);
    assertThatThrownBy(() -> source(Map.of("pack-1.pack", 1L << 30)))
        .isInstanceOf(CorruptSnapshot.class);
    assertThatThrownBy(() -> source(Map.of("other", 1L))).isInstanceOf(InvalidField.class);
  }

  @Test
  void aByteThatChangedOnTheWayIsSeen() throws IOException {
    String path = "pack-1.pack";
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      ByteBuffer wrong = source.read(path, 0, 2_500_000);
      wrong.put(2_000_000, (byte) (wrong.get(2_000_000) ^ 4));
      assertThatThrownBy(() -> receiver.accept(path, 0, wrong)).isInstanceOf(CorruptSnapshot.class);
      assertThat(receiver.received(path)).isZero();
      assertThat(receiver.bytesDone()).isZero();
      assertThatThrownBy(receiver::finish).isInstanceOf(CorruptSnapshot.class);
    }
    assertThat(SnapshotMarker.read(DISK, staging)).isEmpty();
  }

  @Test
  void whatIsHereIsNotReceivedAgain() throws IOException {
    receivePart(2_000_000);
    try (SnapshotReceiver receiver = begin(DISK)) {
      assertThat(receiver.bytesDone()).isEqualTo(3 + 2_000_000);
      assertThat(receiver.missing()).isEqualTo(new SnapshotReceiver.Missing(List.of(2), 2_000_000));
      transfer(receiver, 300_000);
      receiver.finish();
    }
    assertIsWhole();
    assertThat(SnapshotReceiver.whole(DISK, staging)).contains(source.manifest());
  }

  @Test
  void ofAnotherSnapshotTheFilesThatAreTheSameAreKept() throws IOException {
    receivePart(2_500_000);
    Files.write(from.resolve("index/CURRENT"), new byte[] {1, 2, 4});
    Files.write(from.resolve("index/MORE"), new byte[] {5});
    DISK.deleteTree(from.resolve("index/deep"));
    source = source(Map.of());
    try (SnapshotReceiver receiver = begin(DISK)) {
      assertThat(receiver.bytesDone()).isEqualTo(2_500_000);
      assertThat(receiver.missing()).isEqualTo(new SnapshotReceiver.Missing(List.of(0, 1), 0));
      assertThat(staging.resolve("index")).doesNotExist();
      transfer(receiver, 300_000);
      receiver.finish();
    }
    assertIsWhole();
  }

  @Test
  void whatRottedWhileTheTransferStoodStillIsReceivedAgain() throws IOException {
    receivePart(2_400_000);
    byte[] bytes = Files.readAllBytes(staging.resolve("pack-1.pack"));
    bytes[1_700_000] ^= 1;
    Files.write(staging.resolve("pack-1.pack"), bytes);
    try (SnapshotReceiver receiver = begin(DISK)) {
      // The slices in front of the bad one.
      assertThat(receiver.received("pack-1.pack")).isEqualTo(1_600_000);
      transfer(receiver, 300_000);
      receiver.finish();
    }
    assertIsWhole();
  }

  @Test
  void aTransferThatFailsAtAnyStepGoesOnAndEndsWhole() throws IOException {
    int steps = 0;
    for (boolean failed = true; failed; steps++) {
      DISK.createFolders(staging);
      SnapshotSwap.deleteStaging(DISK, staging);
      int failAt = steps;
      int[] seen = {0};
      FaultyDisk disk = new FaultyDisk();
      disk.set(
          operation -> {
            if (seen[0]++ == failAt) {
              throw new IOException("EIO");
            }
          });
      failed = false;
      try (SnapshotReceiver receiver = begin(disk)) {
        transfer(receiver, 200_000);
        receiver.finish();
      } catch (IOException e) {
        failed = true;
      }
      try (SnapshotReceiver receiver = begin(DISK)) {
        transfer(receiver, 200_000);
        receiver.finish();
      }
      assertIsWhole();
    }
    assertThat(steps).isGreaterThan(40);
  }

  private SnapshotReceiver begin(Disk disk) throws IOException {
    return SnapshotReceiver.begin(disk, staging, source.manifest(), 400_000);
  }

  private void receivePart(int packBytes) throws IOException {
    try (SnapshotReceiver receiver = begin(DISK)) {
      receiver.accept("index/CURRENT", 0, source.read("index/CURRENT", 0, 10));
      for (int at = 0; at < packBytes; at += 100_000) {
        receiver.accept("pack-1.pack", at, source.read("pack-1.pack", at, 100_000));
      }
    }
  }

  private void assertIsWhole() throws IOException {
    assertThat(SnapshotMarker.read(DISK, staging)).contains(source.manifest());
    for (Entry entry : source.manifest().entries()) {
      assertThat(staging.resolve(entry.relativePath()))
          .hasSameBinaryContentAs(from.resolve(entry.relativePath()));
    }
    assertThat(DISK.list(staging)).hasSize(5);
    assertThat(DISK.list(staging.resolve("index"))).hasSameSizeAs(DISK.list(from.resolve("index")));
  }

  @Test
  void aMissingPieceIsSeen() throws IOException {
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      receiver.accept("index/CURRENT", 0, ByteBuffer.wrap(new byte[] {1, 2}));
      assertThatThrownBy(receiver::finish).isInstanceOf(CorruptSnapshot.class);
    }
    assertThat(SnapshotMarker.read(DISK, staging)).isEmpty();
  }

  @Test
  void aPieceThatDoesNotFitIsRefusedAndTheReceiverGoesOn() throws IOException {
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      ByteBuffer two = ByteBuffer.wrap(new byte[] {1, 2});
      for (String path : List.of("../up", "/etc/passwd", "nobody", "index", "SNAPSHOT-SLICES")) {
        assertThatThrownBy(() -> receiver.accept(path, 0, two.duplicate()))
            .isInstanceOf(InvalidField.class);
      }
      assertThatThrownBy(() -> receiver.accept("index/CURRENT", 1, two.duplicate()))
          .isInstanceOf(InvalidField.class);
      assertThatThrownBy(() -> receiver.accept("index/CURRENT", 0, ByteBuffer.allocate(4)))
          .isInstanceOf(InvalidField.class);
      receiver.accept("index/CURRENT", 0, two.duplicate());
      assertThat(receiver.received("index/CURRENT")).isEqualTo(2);
      transfer(receiver, 1_000_000);
      receiver.finish();
    }
  }

  @Test
  void aFailureAtAnyStepLeavesNoMarker() throws IOException {
    for (int step = 0; ; step++) {
      int failAt = step;
      int[] seen = {0};
      FaultyDisk disk = new FaultyDisk();
      disk.set(
          operation -> {
            if (seen[0]++ == failAt) {
              throw new IOException("EIO");
            }
          });
      try (SnapshotReceiver receiver = SnapshotReceiver.begin(disk, staging, source.manifest())) {
        transfer(receiver, 1_000_000);
        receiver.finish();
        assertThat(step).as("steps of a receive").isGreaterThan(10);
        return;
      } catch (IOException e) {
        assertThat(e).hasMessage("EIO");
        // The very last step makes a marker durable that is already to be seen.
        boolean marked = Files.exists(staging) && SnapshotMarker.read(DISK, staging).isPresent();
        if (marked) {
          assertThat(staging.resolve("pack-1.pack"))
              .hasSameBinaryContentAs(from.resolve("pack-1.pack"));
        }
      }
    }
  }

  private SnapshotSource source(Map<String, Long> prefixes) throws IOException {
    return SnapshotSource.of(DISK, from, GroupName.chunks(1), POSITION, prefixes);
  }

  private void transfer(SnapshotReceiver receiver, int step) throws IOException {
    for (Entry entry : source.manifest().entries()) {
      String path = entry.relativePath();
      while (receiver.received(path) < entry.bytes()) {
        long offset = receiver.received(path);
        receiver.accept(path, offset, source.read(path, offset, step));
      }
    }
  }
}
