package io.balsa.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotSwap.Recovered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotSwapTest {
  private static final Disk DISK = Disk.real();

  @TempDir Path temp;

  @Test
  void theNewFolderTakesTheOldOnesPlace() throws IOException {
    Path live = scene("plain");
    SnapshotManifest manifest = install(DISK, live);
    assertThat(manifest.position().index()).isEqualTo(50);
    assertIsNew(live);
    assertOnlyLiveIsLeft(live);
    assertThat(new SnapshotSwap(DISK, live).recover()).isEqualTo(Recovered.NOTHING_TO_DO);
    assertIsNew(live);
  }

  @Test
  void aNewReplicaMovesIn() throws IOException {
    Path live = scene("fresh");
    DISK.deleteTree(live);
    install(DISK, live);
    assertIsNew(live);
    assertOnlyLiveIsLeft(live);
  }

  @Test
  void nothingIsSwappedInThatIsNotWhole() throws IOException {
    Path live = scene("half");
    Files.write(SnapshotSwap.staging(live).resolve("pack-2.pack"), new byte[3]);
    SnapshotSwap swap = new SnapshotSwap(DISK, live);
    assertThatThrownBy(swap::decide).isInstanceOf(CorruptSnapshot.class);
    assertThatThrownBy(swap::swap).isInstanceOf(CorruptSnapshot.class);
    assertIsOld(live);
    assertThat(swap.recover()).isEqualTo(Recovered.NOTHING_TO_DO);
    assertIsOld(live);
  }

  @Test
  void aDamagedMarkerIsNone() throws IOException {
    Path live = scene("marker");
    Path marker = SnapshotSwap.staging(live).resolve(SnapshotMarker.NAME);
    byte[] bytes = Files.readAllBytes(marker);
    bytes[20] ^= 1;
    Files.write(marker, bytes);
    assertThat(new SnapshotSwap(DISK, live).staged()).isEmpty();
    assertThatThrownBy(new SnapshotSwap(DISK, live)::decide).isInstanceOf(CorruptSnapshot.class);
  }

  @Test
  void whatWasOnlyStagedIsDroppedOnceItIsOvertaken() throws IOException {
    Path live = scene("overtaken");
    SnapshotManifest staged = new SnapshotSwap(DISK, live).staged().orElseThrow();
    SnapshotReceiver.begin(DISK, SnapshotSwap.staging(live), staged).close();
    new SnapshotSwap(DISK, live).dropOvertaken(new LogPosition(2, 49));
    assertThat(SnapshotSwap.staging(live)).exists();
    new SnapshotSwap(DISK, live).dropOvertaken(new LogPosition(2, 50));
    assertIsOld(live);
    assertOnlyLiveIsLeft(live);
  }

  @Test
  void whatWasOnlyStagedStaysAndWhatWasDecidedOnRollsForward() throws IOException {
    Path staged = scene("staged");
    assertThat(new SnapshotSwap(DISK, staged).recover()).isEqualTo(Recovered.NOTHING_TO_DO);
    assertIsOld(staged);
    assertThat(new SnapshotSwap(DISK, staged).staged()).isPresent();
    Path decided = scene("decided");
    new SnapshotSwap(DISK, decided).decide();
    assertIsOld(decided);
    assertThat(new SnapshotSwap(DISK, decided).recover()).isEqualTo(Recovered.ROLLED_FORWARD);
    assertIsNew(decided);
    assertOnlyLiveIsLeft(decided);
  }

  @Test
  void whatWasDecidedOnAndDamagedIsNotUsed() throws IOException {
    Path live = scene("tampered");
    SnapshotSwap swap = new SnapshotSwap(DISK, live);
    swap.decide();
    Files.delete(live.resolveSibling("tampered.next").resolve("pack-2.pack"));
    assertThatThrownBy(swap::recover).isInstanceOf(CorruptSnapshot.class);
    assertIsOld(live);
  }

  @Test
  void anOldFolderThatIsAloneIsPutBack() throws IOException {
    Path live = scene("back");
    Files.move(live, temp.resolve("back.old"));
    assertThat(new SnapshotSwap(DISK, live).recover()).isEqualTo(Recovered.ROLLED_BACK);
    assertIsOld(live);
    assertThat(temp.resolve("back.old")).doesNotExist();
  }

  @Test
  void aCrashAtAnyStepOfSwapAndRecoveryLeavesOneWholeFolder() throws IOException {
    int decideSteps = steps(disk -> new SnapshotSwap(disk, scene("decide")).decide());
    int steps = steps(disk -> install(disk, scene("count")));
    assertThat(steps).isGreaterThan(decideSteps + 6);
    for (int crash = 0; crash < steps; crash++) {
      boolean crashedAgain = true;
      for (int second = 0; crashedAgain; second++) {
        Path live = scene("crash-" + crash + "-" + second);
        FaultyDisk crashing = crashing(crash);
        assertThatThrownBy(() -> install(crashing, live)).isInstanceOf(Crash.class);
        crashedAgain = recoveryCrashes(live, second);
        new SnapshotSwap(DISK, live).recover();
        if (crash < decideSteps - 1) {
          assertIsOld(live);
        } else {
          assertIsNew(live);
          assertOnlyLiveIsLeft(live);
        }
      }
    }
  }

  private static SnapshotManifest install(Disk disk, Path live) throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, live);
    swap.decide();
    return swap.swap();
  }

  private static boolean recoveryCrashes(Path live, int step) throws IOException {
    try {
      new SnapshotSwap(crashing(step), live).recover();
      return false;
    } catch (Crash e) {
      return true;
    }
  }

  @Test
  void everyRenameIsDurableBeforeTheNextStep() throws IOException {
    List<String> operations = new ArrayList<>();
    FaultyDisk disk = new FaultyDisk();
    disk.set(operations::add);
    install(disk, scene("order"));
    assertThat(operations.stream().filter(operation -> !operation.equals("read")).toList())
        .startsWith("delete", "delete", "rename", "syncFolder", "rename", "syncFolder")
        .containsSubsequence("syncFolder", "rename", "syncFolder", "delete")
        .endsWith("delete", "syncFolder");
  }

  private static final class Crash extends IOException {}

  private interface Work {
    void on(Disk disk) throws IOException;
  }

  private static int steps(Work work) throws IOException {
    int[] steps = {0};
    FaultyDisk disk = new FaultyDisk();
    disk.set(operation -> steps[0]++);
    work.on(disk);
    return steps[0];
  }

  /** A disk that does so many operations and then none any more. */
  private static FaultyDisk crashing(int after) {
    int[] seen = {0};
    FaultyDisk disk = new FaultyDisk();
    disk.set(
        operation -> {
          if (seen[0]++ >= after) {
            throw new Crash();
          }
        });
    return disk;
  }

  /** A live folder with two files, and a whole snapshot with two others staged beside it. */
  private Path scene(String name) throws IOException {
    Path live = Files.createDirectory(temp.resolve(name));
    Files.createDirectory(live.resolve("index"));
    Files.writeString(live.resolve("index/CURRENT"), "old");
    Files.writeString(live.resolve("pack-1.pack"), "old");
    Path from = Files.createDirectory(temp.resolve(name + ".from"));
    Files.createDirectory(from.resolve("index"));
    Files.writeString(from.resolve("index/CURRENT"), "new!");
    Files.writeString(from.resolve("pack-2.pack"), "new!");
    SnapshotSource source =
        SnapshotSource.of(DISK, from, GroupName.chunks(1), new LogPosition(2, 50), Map.of());
    try (SnapshotReceiver receiver =
        SnapshotReceiver.begin(DISK, SnapshotSwap.staging(live), source.manifest())) {
      for (String path : List.of("index/CURRENT", "pack-2.pack")) {
        receiver.accept(path, 0, source.read(path, 0, 100));
      }
      receiver.finish();
    }
    return live;
  }

  private static void assertIsOld(Path live) {
    assertThat(live.resolve("index/CURRENT")).hasContent("old");
    assertThat(live.resolve("pack-1.pack")).hasContent("old");
    assertThat(live.resolve("pack-2.pack")).doesNotExist();
  }

  private static void assertIsNew(Path live) {
    assertThat(live.resolve("index/CURRENT")).hasContent("new!");
    assertThat(live.resolve("pack-2.pack")).hasContent("new!");
    assertThat(live.resolve("pack-1.pack")).doesNotExist();
  }

  private static void assertOnlyLiveIsLeft(Path live) {
    assertThat(live).isDirectory();
    assertThat(live.resolveSibling(live.getFileName() + ".old")).doesNotExist();
    assertThat(live.resolveSibling(live.getFileName() + ".next")).doesNotExist();
    assertThat(SnapshotSwap.staging(live)).doesNotExist();
  }
}
