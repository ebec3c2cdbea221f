package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.StateDigest;
import io.balsa.catalog.UnreadableRow;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChunkIndexTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/chunk-index.txt");
  private static final ChunkEntry ENTRY =
      new ChunkEntry(
          new ChunkId(new Sha256(1, 2, 3, 4)),
          new ChunkRow.Stored(new PackLocation(3, 1L << 29, 4 << 20, 0xCAFEBABE)));
  private static final ChunkRow LOST = new ChunkRow.Lost(4 << 20, 0xCAFEBABE);
  private static final ChunkHead HEAD =
      new ChunkHead(
          new LogPosition(5, 1_000),
          new PackPosition(3, 1L << 30),
          200,
          800 << 20,
          StateDigest.ZERO.plus(Sha256.OF_NOTHING));

  @TempDir Path temp;
  private Path folder;
  private RocksMemory memory;

  @BeforeEach
  void setUp() {
    folder = temp.resolve("index");
    memory = new RocksMemory(8 << 20, 2 << 20);
  }

  @AfterEach
  void tearDown() {
    memory.close();
  }

  @Test
  void theBytesOnDiskAreThoseOfTheGoldenFile() throws IOException {
    HexFormat hex = HexFormat.of();
    List<String> lines =
        List.of(
            "chunk key=%s value=%s"
                .formatted(
                    hex.formatHex(ChunkIndexCodec.key(ENTRY.id())),
                    hex.formatHex(ChunkIndexCodec.value(ENTRY.row()))),
            "head value=" + hex.formatHex(ChunkIndexCodec.value(HEAD)),
            "lost value=" + hex.formatHex(ChunkIndexCodec.value(LOST)),
            "head-empty value=" + hex.formatHex(ChunkIndexCodec.value(ChunkHead.EMPTY)));
    if (System.getProperty("golden.rewrite") != null) {
      Files.write(GOLDEN, lines);
    }
    assertThat(Files.readAllLines(GOLDEN)).isEqualTo(lines);
  }

  @Test
  void entriesAndHeadsComeBackAndOthersAreRefused() {
    byte[] key = ChunkIndexCodec.key(ENTRY.id());
    byte[] location = ChunkIndexCodec.value(ENTRY.row());
    byte[] head = ChunkIndexCodec.value(HEAD);
    assertThat(ChunkIndexCodec.entry(key, location)).isEqualTo(ENTRY);
    assertThat(ChunkIndexCodec.head(head)).isEqualTo(HEAD);
    assertThat(ChunkIndexCodec.head(ChunkIndexCodec.value(ChunkHead.EMPTY)))
        .isEqualTo(ChunkHead.EMPTY);
    for (int change : new int[] {-1, 1}) {
      assertThatThrownBy(
              () -> ChunkIndexCodec.row(Arrays.copyOf(location, location.length + change)))
          .isInstanceOf(UnreadableRow.class);
      assertThatThrownBy(() -> ChunkIndexCodec.head(Arrays.copyOf(head, head.length + change)))
          .isInstanceOf(UnreadableRow.class);
      assertThatThrownBy(
              () -> ChunkIndexCodec.entry(Arrays.copyOf(key, key.length + change), location))
          .isInstanceOf(UnreadableRow.class);
    }
    assertThat(ChunkIndexCodec.row(ChunkIndexCodec.value(LOST))).isEqualTo(LOST);
    location[0]++;
    assertThatThrownBy(() -> ChunkIndexCodec.row(location)).isInstanceOf(UnreadableRow.class);
    assertThatThrownBy(() -> ChunkIndexCodec.row(new byte[0])).isInstanceOf(UnreadableRow.class);
    for (ChunkRow impossible :
        List.of(
            new ChunkRow.Stored(new PackLocation(0, 0, 1, 0)),
            new ChunkRow.Lost(0, 1),
            new ChunkRow.Lost(Limits.CHUNK_BYTES_MAX + 1, 1))) {
      assertThatThrownBy(() -> ChunkIndexCodec.row(ChunkIndexCodec.value(impossible)))
          .isInstanceOf(UnreadableRow.class);
    }
  }

  @Test
  void aChunkIsWhereItWasPutLast() throws IOException {
    ChunkRow moved = new ChunkRow.Stored(new PackLocation(9, 0, 4 << 20, 0xCAFEBABE));
    try (ChunkIndex index = open(folder)) {
      assertThat(index.get(ENTRY.id())).isEmpty();
      index.commit(List.of(added(ENTRY)), HEAD);
      assertThat(index.get(ENTRY.id())).contains(ENTRY.row());
      assertThat(index.contains(ENTRY.id())).isTrue();
      index.commit(List.of(changed(Optional.of(ENTRY.row()), Optional.of(moved))), HEAD);
    }
    try (ChunkIndex index = open(folder)) {
      assertThat(index.get(ENTRY.id())).contains(moved);
      assertThat(index.head()).isEqualTo(HEAD);
      assertThat(index.durable()).isEqualTo(HEAD.applied());
      assertThatThrownBy(() -> index.commit(List.of(), ChunkHead.EMPTY))
          .isInstanceOf(BrokenInvariant.class);
    }
  }

  @Test
  void whatIsLostIsListedUntilItIsRepairedOrRemoved() throws IOException {
    Optional<ChunkRow> stored = Optional.of(ENTRY.row());
    Optional<ChunkRow> lost = Optional.of(LOST);
    ChunkId other = new ChunkId(new Sha256(1, 2, 3, 5));
    try (ChunkIndex index = open(folder)) {
      index.commit(
          List.of(changed(Optional.empty(), lost), new ChunkChange(other, Optional.empty(), lost)),
          HEAD);
    }
    try (ChunkIndex index = open(folder)) {
      assertThat(index.get(ENTRY.id())).isEqualTo(lost);
      assertThat(index.lost()).isEqualTo(2);
      assertThat(index.lost(Optional.empty(), 9)).containsExactly(ENTRY.id(), other);
      assertThat(index.lost(Optional.empty(), 1)).containsExactly(ENTRY.id());
      assertThat(index.lost(Optional.of(ENTRY.id()), 1)).containsExactly(other);
      index.commit(List.of(changed(lost, stored)), HEAD);
      assertThat(index.lost(Optional.empty(), 9)).containsExactly(other);
      index.commit(List.of(new ChunkChange(other, lost, Optional.empty())), HEAD);
      assertThat(index.lost()).isZero();
      assertThat(index.contains(other)).isFalse();
      assertThat(index.get(ENTRY.id())).isEqualTo(stored);
    }
    try (ChunkIndex index = open(folder)) {
      assertThat(index.lost()).isZero();
    }
  }

  @Test
  void aDamagedTableIsFoundByVerifying() throws IOException {
    try (ChunkIndex index = open(folder)) {
      for (int i = 0; i < 50; i++) {
        commitRandom(index, new Random(i));
      }
      index.flush();
      index.verify();
      assertThat(index.tableBytes()).isPositive();
    }
    try (var files = Files.newDirectoryStream(folder, "*.sst")) {
      for (Path table : files) {
        byte[] bytes = Files.readAllBytes(table);
        bytes[100] ^= 1;
        Files.write(table, bytes);
      }
    }
    try (ChunkIndex index = open(folder)) {
      assertThatThrownBy(index::verify).isInstanceOf(StorageFailure.class);
    } catch (StorageFailure e) {
      assertThat(e).hasMessageContaining("cannot open");
    }
  }

  private static ChunkChange added(ChunkEntry entry) {
    return new ChunkChange(entry.id(), Optional.empty(), Optional.of(entry.row()));
  }

  private static ChunkChange changed(Optional<ChunkRow> before, Optional<ChunkRow> after) {
    return new ChunkChange(ENTRY.id(), before, after);
  }

  @Test
  void aCrashLeavesAConsistentPrefixNotOlderThanTheLastFlush() throws IOException {
    long seed = Long.getLong("seed", 77);
    Random random = new Random(seed);
    try (ChunkIndex index = open(folder)) {
      for (int crash = 0; crash < 8; crash++) {
        for (int i = random.nextInt(800); i > 0; i--) {
          commitRandom(index, random);
          if (random.nextInt(200) == 0) {
            index.flush();
          }
        }
        LogPosition flushed = index.durable();
        Path copy = Folders.copyLive(folder, temp.resolve("crash-" + crash));
        try (ChunkIndex reopened = open(copy)) {
          assertThat(reopened.head().applied())
              .as("-Dseed=%d", seed)
              .isGreaterThanOrEqualTo(flushed);
          assertAgrees(reopened);
        }
      }
    }
  }

  @Test
  void entriesComeInOrderOfIdWithoutTheHead() throws IOException {
    TreeMap<ChunkId, ChunkRow> expected = new TreeMap<>();
    List<ChunkChange> entries = new ArrayList<>();
    for (long lane : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      ChunkId id = new ChunkId(new Sha256(lane, 0, 0, 0));
      ChunkRow row = new ChunkRow.Stored(new PackLocation(1, entries.size(), 1, 0));
      expected.put(id, row);
      entries.add(added(new ChunkEntry(id, row)));
    }
    try (ChunkIndex index = open(folder)) {
      index.commit(entries, HEAD);
      List<ChunkId> seen = new ArrayList<>();
      try (Cursor<ChunkEntry> cursor = index.entries()) {
        cursor.forEachRemaining(entry -> seen.add(entry.id()));
      }
      assertThat(seen).containsExactlyElementsOf(expected.keySet());
    }
  }

  @Test
  void aCheckpointIsAnIndexOfItsHead() throws IOException {
    Random random = new Random(5);
    Path target = temp.resolve("checkpoint");
    try (ChunkIndex index = open(folder)) {
      for (int i = 0; i < 100; i++) {
        commitRandom(index, random);
      }
      ChunkHead taken = index.checkpoint(target);
      assertThat(taken).isEqualTo(index.head());
      commitRandom(index, random);
      try (ChunkIndex opened = open(target)) {
        assertThat(opened.head()).isEqualTo(taken);
        assertAgrees(opened);
      }
    }
  }

  @Test
  void manyIndexesShareOneMemory() throws IOException {
    Random random = new Random(6);
    try (ChunkIndex one = open(temp.resolve("one"));
        ChunkIndex other = open(temp.resolve("other"))) {
      for (int i = 0; i < 2_000; i++) {
        commitRandom(one, random);
        commitRandom(other, random);
      }
      assertAgrees(one);
      assertAgrees(other);
      assertThat(memory.usedBytes()).isLessThanOrEqualTo(16 << 20);
    }
  }

  private ChunkIndex open(Path at) throws StorageFailure {
    return ChunkIndex.open(at, memory);
  }

  private static void commitRandom(ChunkIndex index, Random random) throws StorageFailure {
    ChunkHead head = index.head();
    long bytes = head.bytes();
    StateDigest digest = head.digest();
    PackPosition end = head.indexed();
    List<ChunkChange> entries = new ArrayList<>();
    for (int i = random.nextInt(20); i > 0; i--) {
      ChunkId id =
          new ChunkId(
              new Sha256(
                  random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
      int length = 1 + random.nextInt(1 << 20);
      PackLocation location = new PackLocation(1, end.offset(), length, 0);
      entries.add(added(new ChunkEntry(id, new ChunkRow.Stored(location))));
      end = new PackPosition(1, end.offset() + length);
      bytes += length;
      digest = digest.plus(id.sha256());
    }
    LogPosition applied = new LogPosition(1, head.applied().index() + 1);
    index.commit(
        entries, new ChunkHead(applied, end, head.chunks() + entries.size(), bytes, digest));
  }

  private static void assertAgrees(ChunkIndex index) {
    long chunks = 0;
    long bytes = 0;
    StateDigest digest = StateDigest.ZERO;
    try (Cursor<ChunkEntry> cursor = index.entries()) {
      while (cursor.hasNext()) {
        ChunkEntry entry = cursor.next();
        chunks++;
        bytes += entry.row().length();
        digest = digest.plus(entry.id().sha256());
      }
    }
    ChunkHead head = index.head();
    assertThat(chunks).isEqualTo(head.chunks());
    assertThat(bytes).isEqualTo(head.bytes());
    assertThat(digest).isEqualTo(head.digest());
  }
}
