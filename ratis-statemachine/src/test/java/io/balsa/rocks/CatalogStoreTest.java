package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.DatasetRow;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.DatasetName;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store keeps over closing, crashing and failing. */
final class CatalogStoreTest {
  @TempDir Path temp;
  private Path folder;
  private RocksMemory memory;

  @BeforeEach
  void setUp() {
    folder = temp.resolve("catalog");
    memory = new RocksMemory(8 << 20, 2 << 20);
  }

  @AfterEach
  void tearDown() {
    memory.close();
  }

  @Test
  void aNewStoreIsEmpty() throws IOException {
    try (CatalogStore store = open(folder);
        CatalogSnapshot view = store.view()) {
      assertThat(store.head()).isEqualTo(CatalogHead.EMPTY);
      assertThat(store.durable()).isEqualTo(LogPosition.START);
      assertThat(view.head()).isEqualTo(CatalogHead.EMPTY);
      assertThat(view.dataset(new DatasetName("d1"))).isEmpty();
    }
    try (CatalogStore again = open(folder)) {
      assertThat(again.head()).isEqualTo(CatalogHead.EMPTY);
    }
  }

  @Test
  void aClosedStoreOpensWhereItWas() throws IOException {
    RandomCatalog model = new RandomCatalog(1);
    try (CatalogStore store = open(folder)) {
      commit(store, model, 100);
    }
    try (CatalogStore store = open(folder)) {
      assertThat(store.head()).isEqualTo(model.head());
      assertThat(store.durable()).isEqualTo(model.head().applied());
      assertThat(digest(store)).isEqualTo(model.head().digest().toString());
    }
  }

  @Test
  void aFlushSaysWhatIsDurable() throws IOException {
    RandomCatalog model = new RandomCatalog(2);
    try (CatalogStore store = open(folder)) {
      commit(store, model, 3);
      assertThat(store.durable()).isEqualTo(LogPosition.START);
      CatalogHead flushed = store.flush();
      assertThat(flushed).isEqualTo(model.head());
      assertThat(store.durable()).isEqualTo(flushed.applied());
      commit(store, model, 1);
      assertThat(store.durable()).isEqualTo(flushed.applied());
    }
  }

  @Test
  void aCrashLeavesAConsistentPrefixNotOlderThanTheLastFlush() throws IOException {
    long seed = Long.getLong("seed", 8_714);
    Random random = new Random(seed);
    RandomCatalog model = new RandomCatalog(seed);
    Map<LogPosition, CatalogHead> history = new HashMap<>();
    history.put(LogPosition.START, CatalogHead.EMPTY);
    try (CatalogStore store = open(folder)) {
      for (int crash = 0; crash < 12; crash++) {
        int entries = random.nextInt(400);
        for (int i = 0; i < entries; i++) {
          commit(store, model, 1);
          history.put(model.head().applied(), model.head());
          if (random.nextInt(100) == 0) {
            store.flush();
          }
        }
        LogPosition flushed = store.durable();
        Path copy = Folders.copyLive(folder, temp.resolve("crash-" + crash));
        try (CatalogStore reopened = open(copy)) {
          CatalogHead found = reopened.head();
          assertThat(found).as("-Dseed=%d", seed).isEqualTo(history.get(found.applied()));
          assertThat(found.applied()).as("-Dseed=%d", seed).isGreaterThanOrEqualTo(flushed);
          assertThat(digest(reopened)).as("-Dseed=%d", seed).isEqualTo(found.digest().toString());
        }
      }
    }
  }

  @Test
  void aFullWriteBufferIsFlushedWholeByItself() throws IOException {
    RandomCatalog model = new RandomCatalog(3);
    Map<LogPosition, CatalogHead> history = new HashMap<>();
    try (CatalogStore store = open(folder)) {
      // Several times the 2 MiB that all write buffers may take.
      for (int i = 0; i < 6_000; i++) {
        commit(store, model, 1);
        history.put(model.head().applied(), model.head());
      }
      Path copy = Folders.copyLive(folder, temp.resolve("crash"));
      try (CatalogStore reopened = open(copy)) {
        assertThat(reopened.head().applied()).isGreaterThan(LogPosition.START);
        assertThat(reopened.head()).isEqualTo(history.get(reopened.head().applied()));
        assertThat(digest(reopened)).isEqualTo(reopened.head().digest().toString());
      }
    }
  }

  @Test
  void whatWasLostInACrashCanBeAppliedAgain() throws IOException {
    RandomCatalog model = new RandomCatalog(4);
    try (CatalogStore store = open(folder)) {
      commit(store, model, 50);
      store.flush();
      LogPosition flushed = model.head().applied();
      List<CatalogWrite> lost = model.next();
      store.commit(lost, model.head());
      Path copy = Folders.copyLive(folder, temp.resolve("crash"));
      try (CatalogStore reopened = open(copy)) {
        assertThat(reopened.head().applied()).isEqualTo(flushed);
        reopened.commit(lost, model.head());
        assertThat(digest(reopened)).isEqualTo(model.head().digest().toString());
      }
    }
  }

  @Test
  void aCheckpointIsAStoreOfItsHead() throws IOException {
    RandomCatalog model = new RandomCatalog(5);
    Path target = temp.resolve("checkpoint");
    try (CatalogStore store = open(folder)) {
      commit(store, model, 200);
      CatalogHead taken = store.checkpoint(target);
      assertThat(taken).isEqualTo(model.head());
      commit(store, model, 200);
      store.flush();
      try (CatalogStore opened = open(target)) {
        assertThat(opened.head()).isEqualTo(taken);
        assertThat(digest(opened)).isEqualTo(taken.digest().toString());
      }
      assertThatThrownBy(() -> store.checkpoint(target)).isInstanceOf(StorageFailure.class);
      commit(store, model, 1);
      assertThat(digest(store)).isEqualTo(model.head().digest().toString());
    }
  }

  @Test
  void anEntryIsNeverCommittedTwice() throws IOException {
    RandomCatalog model = new RandomCatalog(6);
    try (CatalogStore store = open(folder)) {
      List<CatalogWrite> writes = model.next();
      store.commit(writes, model.head());
      assertThatThrownBy(() -> store.commit(writes, model.head()))
          .isInstanceOf(BrokenInvariant.class);
    }
  }

  @Test
  void afterAFailedFlushNothingIsWrittenAnyMore() throws IOException {
    RandomCatalog model = new RandomCatalog(7);
    Path gone = temp.resolve("gone");
    try (CatalogStore store = open(folder)) {
      commit(store, model, 10);
      // The next table has no folder to be made in.
      Files.move(folder, gone);
      assertThatThrownBy(store::flush).isInstanceOf(StorageFailure.class);
      Files.move(gone, folder);
      assertThatThrownBy(() -> commit(store, model, 1)).isInstanceOf(StorageFailure.class);
      assertThatThrownBy(store::flush).isInstanceOf(StorageFailure.class);
      assertThat(store.durable()).isEqualTo(LogPosition.START);
    }
    try (CatalogStore reopened = open(folder)) {
      assertThat(reopened.head()).isEqualTo(CatalogHead.EMPTY);
    }
  }

  @Test
  void aFlushThatFailsInBackgroundStopsCommits() throws IOException {
    RandomCatalog model = new RandomCatalog(8);
    Path gone = temp.resolve("gone");
    try (CatalogStore store = open(folder)) {
      commit(store, model, 10);
      CatalogHead flushed = store.flush();
      store.requireSound();
      Files.move(folder, gone);
      // Many times the 2 MiB that all write buffers may take.
      assertThatThrownBy(() -> commit(store, model, 100_000)).isInstanceOf(StorageFailure.class);
      Files.move(gone, folder);
      assertThatThrownBy(store::requireSound).isInstanceOf(StorageFailure.class);
      assertThatThrownBy(() -> commit(store, model, 1)).isInstanceOf(StorageFailure.class);
      assertThat(store.durable()).isEqualTo(flushed.applied());
    }
  }

  @Test
  void rotIsAFailureAndNotAnAnswer() throws IOException {
    try (CatalogStore store = open(folder)) {
      commit(store, new RandomCatalog(8), 500);
    }
    List<Path> tables;
    try (Stream<Path> files = Files.list(folder)) {
      tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
    }
    assertThat(tables).isNotEmpty();
    for (Path table : tables) {
      byte[] bytes = Files.readAllBytes(table);
      bytes[40] ^= 1;
      Files.write(table, bytes);
    }
    assertThatThrownBy(
            () -> {
              // The memory of before still has the sound blocks.
              try (RocksMemory empty = new RocksMemory(8 << 20, 2 << 20);
                  CatalogStore store = CatalogStore.open(folder, empty)) {
                digest(store);
              }
            })
        .isInstanceOf(StorageFailure.class);
  }

  @Test
  void aFolderThatLostItsManifestIsNotTakenForANewOne() throws IOException {
    try (CatalogStore store = open(folder)) {
      commit(store, new RandomCatalog(9), 10);
    }
    Files.delete(folder.resolve("CURRENT"));
    assertThatThrownBy(() -> open(folder))
        .isInstanceOf(StorageFailure.class)
        .hasMessageContaining("CURRENT");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".sst"))).isNotEmpty();
    }
  }

  @Test
  void aFolderIsOpenOnce() throws IOException {
    try (CatalogStore store = open(folder)) {
      assertThatThrownBy(() -> open(folder)).isInstanceOf(StorageFailure.class);
      assertThat(store.head()).isEqualTo(CatalogHead.EMPTY);
    }
    open(folder).close();
  }

  @Test
  void aClosedStoreRefusesCalls() throws IOException {
    CatalogStore store = open(folder);
    store.close();
    store.close();
    assertThatThrownBy(store::view).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(store::flush).isInstanceOf(IllegalStateException.class);
    CatalogRow row = new DatasetRow(new DatasetName("a"), 1, 0, 0);
    assertThatThrownBy(
            () ->
                store.commit(
                    List.of(CatalogWrite.insert(row)), CatalogHead.EMPTY.at(new LogPosition(1, 0))))
        .isInstanceOf(IllegalStateException.class);
  }

  private CatalogStore open(Path at) throws StorageFailure {
    return CatalogStore.open(at, memory);
  }

  private static void commit(CatalogStore store, RandomCatalog model, int entries)
      throws StorageFailure {
    for (int i = 0; i < entries; i++) {
      List<CatalogWrite> writes = model.next();
      store.commit(writes, model.head());
    }
  }

  private static String digest(CatalogStore store) throws StorageFailure {
    try (CatalogSnapshot view = store.view()) {
      return view.recomputeDigest().toString();
    }
  }
}
