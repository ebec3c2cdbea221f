package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.replica.StoreRebuild;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSwap;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is condemned and replaced, after a power cut. */
class StoreRebuildCrashTest {
  /** The real folder is only asked how much space there is. */
  @TempDir private Path root;

  private Path live;
  private Path quarantine;
  private StoreRebuild.Store store;

  /** What the node had said. */
  private enum Said {
    CONDEMNED,
    REPLACED
  }

  /** The process died in a step that is tried again as long as it lives. */
  private static final class Dead extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Dead(RecordingDisk.Killed cause) {
      super(cause);
    }
  }

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @BeforeEach
  void makeTheQuarantine() throws IOException {
    live = root.resolve("chunks/1");
    quarantine = Files.createDirectory(root.resolve("quarantine"));
    Path noLog = root.resolve("no-log");
    store = new StoreRebuild.Store(GroupName.chunks(1), live, noLog, LogPosition.START);
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void aCondemnedStoreIsNotUsedAgainAndGoesOnlyWhenAnotherOneTakesItsPlace(long seed)
      throws Exception {
    tryOn(new RecordingDisk(), seed);
  }

  @ParameterizedTest
  @ValueSource(strings = "/chunks")
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, this::tryOn);
  }

  private void tryOn(RecordingDisk disk, long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, byte[]> old = SnapshotFiles.files(random);
    Map<String, byte[]> fresh = SnapshotFiles.files(random);
    disk.createFolders(live.getParent());
    SnapshotFiles.write(disk, live, old);
    disk.settle();
    condemn(disk, random);
    boolean replaced = false;
    while (!replaced) {
      disk.killAfter(random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(50));
      try {
        start(disk, fresh);
        replaced = true;
      } catch (RecordingDisk.Killed | Dead e) {
        disk.revive();
      }
    }
    disk.mark(Said.REPLACED);
    CrashStates.check(disk, seed, (after, said) -> check(after, old, fresh, said));
  }

  private void condemn(RecordingDisk disk, Random random) throws IOException {
    disk.killAfter(random.nextInt(3) == 0 ? random.nextInt(5) : Integer.MAX_VALUE);
    try {
      StoreCondemnation.write(disk, live, "a test says so");
      disk.mark(Said.CONDEMNED);
    } catch (RecordingDisk.Killed e) {
      disk.revive();
      if (!disk.exists(StoreCondemnation.markOf(live))) {
        condemn(disk, random);
      }
    }
  }

  /** As a node's start, but that it does not open the store. */
  private void start(RecordingDisk disk, Map<String, byte[]> fresh)
      throws IOException, InterruptedException {
    SnapshotFetcher fetcher = (_, staging) -> fetch(disk, staging, fresh);
    Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    StoreRebuild rebuild = new StoreRebuild(disk, quarantine, fetcher, clock);
    if (rebuild.isCondemned(store)) {
      disk.mark(Said.CONDEMNED);
      rebuild.run(store);
    }
    var _ = new SnapshotSwap(disk, live).recover();
  }

  private static SnapshotManifest fetch(RecordingDisk disk, Path staging, Map<String, byte[]> fresh)
      throws IOException {
    try {
      SnapshotFiles.receive(disk, staging, fresh, true);
      return SnapshotFiles.manifest(fresh);
    } catch (RecordingDisk.Killed e) {
      throw new Dead(e);
    }
  }

  private void check(
      RecordingDisk disk, Map<String, byte[]> old, Map<String, byte[]> fresh, List<Object> said)
      throws Exception {
    assertThat(isKept(disk, old) || isThere(disk, fresh)).as("either store is whole").isTrue();
    start(disk, fresh);
    Map<String, String> found = SnapshotFiles.read(disk, live);
    if (said.isEmpty()) {
      assertThat(found).isIn(SnapshotFiles.text(old), SnapshotFiles.text(fresh));
    } else {
      assertThat(found).isEqualTo(SnapshotFiles.text(fresh));
    }
    assertThat(StoreCondemnation.read(disk, live)).isEmpty();
  }

  private boolean isKept(RecordingDisk disk, Map<String, byte[]> old) throws IOException {
    if (SnapshotFiles.read(disk, live).equals(SnapshotFiles.text(old))) {
      return true;
    }
    for (Path kept : disk.exists(quarantine) ? disk.list(quarantine) : List.<Path>of()) {
      if (SnapshotFiles.read(disk, kept).equals(SnapshotFiles.text(old))) {
        return true;
      }
    }
    return false;
  }

  private boolean isThere(RecordingDisk disk, Map<String, byte[]> fresh) throws IOException {
    return SnapshotFiles.read(disk, live).equals(SnapshotFiles.text(fresh))
        || new SnapshotSwap(disk, live).decided().isPresent();
  }
}
