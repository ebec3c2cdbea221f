package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSwap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A snapshot's install after a power cut. */
class SnapshotCrashTest {
  private static final Path LIVE = Path.of("/data/chunks/1");
  private static final String MARKER = "SNAPSHOT-COMPLETE";

  /** What the receiving node had said. */
  private enum Said {
    WHOLE,
    DECIDED,
    LIVE
  }

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void theLiveFolderIsWhollyTheOldOneOrWhollyTheNewOne(long seed) throws IOException {
    Random random = new Random(seed);
    Map<String, byte[]> old = random.nextInt(4) == 0 ? Map.of() : SnapshotFiles.files(random);
    Map<String, byte[]> other = SnapshotFiles.files(random);
    Map<String, byte[]> fresh = SnapshotFiles.files(random);
    RecordingDisk disk = new RecordingDisk();
    disk.createFolders(LIVE.getParent());
    if (!old.isEmpty()) {
      SnapshotFiles.write(disk, LIVE, old);
    }
    disk.settle();
    install(disk, other, fresh, random);
    CrashStates.check(disk, seed, (after, said) -> check(after, old, other, fresh, said));
  }

  /** Now and then the process is killed on the way, and begins again; it may bring other files. */
  private static void install(
      RecordingDisk disk, Map<String, byte[]> other, Map<String, byte[]> fresh, Random random)
      throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, LIVE);
    if (random.nextBoolean()) {
      SnapshotFiles.receive(disk, SnapshotSwap.staging(LIVE), other, random.nextBoolean());
    }
    boolean isLive = false;
    while (!isLive) {
      disk.killAfter(random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(50));
      try {
        SnapshotFiles.receive(disk, SnapshotSwap.staging(LIVE), fresh, true);
        disk.mark(Said.WHOLE);
        var _ = swap.decide();
        disk.mark(Said.DECIDED);
        var _ = swap.swap();
        isLive = true;
      } catch (RecordingDisk.Killed e) {
        isLive = recover(disk, swap, random) == SnapshotSwap.Recovered.ROLLED_FORWARD;
      }
    }
    disk.mark(Said.LIVE);
  }

  private static SnapshotSwap.Recovered recover(
      RecordingDisk disk, SnapshotSwap swap, Random random) throws IOException {
    disk.revive();
    if (random.nextInt(3) == 0) {
      disk.killAfter(random.nextInt(10));
    }
    try {
      SnapshotSwap.Recovered recovered = swap.recover();
      disk.revive();
      return recovered;
    } catch (RecordingDisk.Killed e) {
      var again = recover(disk, swap, random);
      // Whatever was left for the second time, it is the end of the same swap.
      return disk.exists(LIVE.resolve(MARKER)) ? SnapshotSwap.Recovered.ROLLED_FORWARD : again;
    }
  }

  private static void check(
      RecordingDisk disk,
      Map<String, byte[]> old,
      Map<String, byte[]> other,
      Map<String, byte[]> fresh,
      List<Object> said)
      throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, LIVE);
    Path staging = SnapshotSwap.staging(LIVE);
    Optional<SnapshotManifest> staged = swap.staged();
    if (staged.isPresent()) {
      assertThat(SnapshotFiles.read(disk, staging))
          .as("staged")
          .isIn(SnapshotFiles.text(fresh), SnapshotFiles.text(other));
    }
    var _ = swap.recover();
    Map<String, String> live = SnapshotFiles.read(disk, LIVE);
    if (said.contains(Said.DECIDED) || said.contains(Said.LIVE)) {
      assertThat(live).isEqualTo(SnapshotFiles.text(fresh));
    } else if (!said.contains(Said.WHOLE)) {
      assertThat(live).isEqualTo(SnapshotFiles.text(old));
    } else {
      assertThat(live).isIn(SnapshotFiles.text(fresh), SnapshotFiles.text(old));
    }
    for (String beside : List.of("1.old", "1.next")) {
      assertThat(disk.exists(LIVE.resolveSibling(beside))).as(beside).isFalse();
    }
    // Whatever a transfer left is kept for the next one, which ends whole over it.
    SnapshotFiles.receive(disk, SnapshotSwap.staging(LIVE), fresh, true);
    assertThat(SnapshotFiles.read(disk, staging))
        .as("the next transfer")
        .isEqualTo(SnapshotFiles.text(fresh));
  }
}
