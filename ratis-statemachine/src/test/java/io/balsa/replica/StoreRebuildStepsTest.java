package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.catalog.StateDigest;
import io.balsa.chunk.Disk;
import io.balsa.chunk.FaultyDisk;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import io.balsa.snapshot.SnapshotSource;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rebuild that is cut short at any step, by a crash, and goes on at the next start. */
class StoreRebuildStepsTest {
  private static final Disk DISK = Disk.real();
  private static final GroupName GROUP = GroupName.chunks(1);
  private static final ChunkId ID = new ChunkId(new Sha256(1, 2, 3, 4));
  private static final PackLocation OURS = new PackLocation(1, 100, 10, 1);
  private static final PackLocation THEIRS = new PackLocation(7, 700, 10, 7);

  @TempDir Path temp;
  private final RocksMemory memory = new RocksMemory(1 << 20, 1 << 20);
  private Path theirs;

  private static final class Crash extends IOException {}

  @BeforeEach
  void makeTheOthers() throws IOException {
    theirs = temp.resolve("theirs");
    fill(theirs, THEIRS);
  }

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void aRebuildThatIsCutShortAtAnyStepGoesOnAndNothingOfTheOldStoreIsUsed() throws Exception {
    int steps = 0;
    for (boolean crashed = true; crashed; steps++) {
      StoreRebuild.Store store = store("data-" + steps);
      fill(store.folder(), OURS);
      StoreCondemnation.write(DISK, store.folder(), "a test says so");
      crashed = crashes(store, steps);
      if (StoreCondemnation.read(DISK, store.folder()).isPresent()) {
        StoreRebuild next = rebuild(DISK, store);
        if (next.isNeeded(store)) {
          next.run(store);
        }
      }
      assertThat(rebuild(DISK, store).isNeeded(store)).isFalse();
      assertThat(StoreCondemnation.read(DISK, store.folder())).isEmpty();
      assertThat(location(store.folder())).isEqualTo(THEIRS);
      assertThat(DISK.list(store.folder().getParent())).hasSize(2);
      assertThat(DISK.list(quarantine(store))).hasSize(1);
    }
    assertThat(steps).isGreaterThan(12);
  }

  @Test
  void aStoreThatIsFineIsLeftAlone() throws Exception {
    StoreRebuild.Store store = store("fine");
    fill(store.folder(), OURS);
    assertThat(rebuild(DISK, store).isNeeded(store)).isFalse();
    assertThat(location(store.folder())).isEqualTo(OURS);
    StoreRebuild.Store fresh = store("fresh");
    assertThat(rebuild(DISK, fresh).isNeeded(fresh)).isFalse();
  }

  @Test
  void whatWasDecidedOnAndIsNotWholeAnyMoreIsFetchedAgain() throws Exception {
    StoreRebuild.Store store = store("torn");
    fill(store.folder(), OURS);
    StoreCondemnation.write(DISK, store.folder(), "a test says so");
    rebuild(DISK, store).run(store);
    Path next = store.folder().resolveSibling("store.next");
    Files.delete(next.resolve("index/CURRENT"));
    assertThat(rebuild(DISK, store).isNeeded(store)).isTrue();
    rebuild(DISK, store).run(store);
    assertThat(rebuild(DISK, store).isNeeded(store)).isFalse();
    assertThat(location(store.folder())).isEqualTo(THEIRS);
  }

  /** The store alone had what an empty log ever forced, and a majority may count on it. */
  @Test
  void aSnapshotMustReachWhatALogWithoutEntriesEverForced() throws Exception {
    assertThat(needWhenForced(new LogPosition(3, 40)).isMetBy(new LogPosition(3, 39))).isFalse();
    assertThat(needWhenForced(new LogPosition(3, 40)).isMetBy(new LogPosition(3, 40))).isTrue();
    assertThat(needWhenForced(new LogPosition(3, 40)).isMetBy(new LogPosition(4, 20))).isTrue();
    // Of an unknown term.
    assertThat(needWhenForced(new LogPosition(0, 40)).isMetBy(new LogPosition(4, 39))).isFalse();
    assertThat(needWhenForced(new LogPosition(0, 40)).isMetBy(new LogPosition(4, 40))).isTrue();
    assertThat(needWhenForced(LogPosition.START).isMetBy(new LogPosition(1, 0))).isTrue();
  }

  private SnapshotFetcher.Need needWhenForced(LogPosition forced) throws Exception {
    Path data = Files.createDirectories(temp.resolve("forced-" + forced).resolve("chunks"));
    StoreRebuild.Store store = store(data, forced);
    StoreCondemnation.write(DISK, store.folder(), "a test says so");
    List<SnapshotFetcher.Need> needs = new ArrayList<>();
    SnapshotFetcher fetcher =
        (need, staging) -> {
          needs.add(need);
          return send(need, staging);
        };
    new StoreRebuild(DISK, quarantine(store), fetcher, Clock.systemUTC()).run(store);
    return needs.getFirst();
  }

  private boolean crashes(StoreRebuild.Store store, int after) throws InterruptedException {
    int[] seen = {0};
    FaultyDisk disk = new FaultyDisk();
    disk.set(
        _ -> {
          if (seen[0]++ >= after) {
            throw new Crash();
          }
        });
    try {
      StoreRebuild rebuild = rebuild(disk, store);
      if (rebuild.isNeeded(store)) {
        rebuild.run(store);
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private StoreRebuild.Store store(String name) throws IOException {
    Path data = Files.createDirectories(temp.resolve(name).resolve("chunks"));
    return store(data, LogPosition.START);
  }

  private StoreRebuild.Store store(Path data, LogPosition forced) {
    return new StoreRebuild.Store(GROUP, data.resolve("store"), temp.resolve("no-log"), forced);
  }

  private static Path quarantine(StoreRebuild.Store store) {
    return store.folder().resolveSibling("quarantine");
  }

  private StoreRebuild rebuild(Disk disk, StoreRebuild.Store store) {
    return new StoreRebuild(disk, quarantine(store), this::send, Clock.systemUTC());
  }

  /** What a member would send; a crash of the receiver ends the rebuild's tries, too. */
  private SnapshotManifest send(SnapshotFetcher.Need need, Path staging)
      throws IOException, InterruptedException {
    SnapshotSource source = SnapshotSource.of(DISK, theirs, GROUP, new LogPosition(2, 9), Map.of());
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(DISK, staging, source.manifest())) {
      for (SnapshotManifest.Entry file : source.manifest().entries()) {
        long at = receiver.received(file.relativePath());
        if (at < file.bytes()) {
          receiver.accept(file.relativePath(), at, source.read(file.relativePath(), at, 4 << 20));
        }
      }
      receiver.finish();
      return source.manifest();
    }
  }

  private void fill(Path folder, PackLocation location) throws IOException {
    try (ChunkIndex index = ChunkIndex.open(folder.resolve("index"), memory)) {
      index.commit(
          List.of(
              new ChunkChange(ID, Optional.empty(), Optional.of(new ChunkRow.Stored(location)))),
          new ChunkHead(new LogPosition(2, 9), new PackPosition(1, 0), 1, 10, StateDigest.ZERO, 0));
    }
  }

  private PackLocation location(Path folder) throws IOException {
    try (ChunkIndex index = ChunkIndex.open(folder.resolve("index"), memory)) {
      return ((ChunkRow.Stored) index.get(ID).orElseThrow()).location();
    }
  }
}
