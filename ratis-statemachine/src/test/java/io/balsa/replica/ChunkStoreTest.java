package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a chunk on one replica, with real packs and a real index. */
class ChunkStoreTest {
  private static final int GROUP = 2;
  private static final PackOptions PACKS =
      PackOptions.DEFAULT.withPackBytesMax(4 << 10).withPreallocateBytes(0);

  @TempDir private Path temp;
  private Path folder;
  private RocksMemory memory;
  private ChunkStore store;

  @BeforeEach
  void open() throws IOException {
    folder = temp.resolve("store");
    memory = new RocksMemory(8 << 20, 2 << 20);
    store = ChunkStore.open(folder, GROUP, PACKS, memory);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    memory.close();
  }

  @Test
  void aChunkIsHereOnceItsEntryIsApplied() throws IOException {
    write(at(1, 7), "a", "b");
    store.sync();
    assertThat(store.contains(id("a"))).isFalse();
    assertThat(store.read(id("a"))).isEmpty();
    assertThat(store.length(id("a"))).isEmpty();
    assertThat(text(store.readOf(at(1, 7), id("a")).orElseThrow())).isEqualTo("a");
    apply(at(1, 7), "a", "b");
    assertThat(store.contains(id("a"))).isTrue();
    assertThat(store.length(id("b"))).hasValue(1);
    assertThat(text(store.read(id("b")).orElseThrow())).isEqualTo("b");
    assertThat(text(store.readOf(at(1, 7), id("a")).orElseThrow())).isEqualTo("a");
    assertThat(store.head().applied()).isEqualTo(at(1, 7));
    assertThat(store.head().chunks()).isEqualTo(2);
    assertThat(store.head().bytes()).isEqualTo(2);
  }

  @Test
  void aCommittedChunkWithoutARecordIsLostHereAndNoOtherThanElsewhere() throws IOException {
    write(at(1, 1), "b");
    apply(at(1, 1), "a", "b");
    ChunkHead without = store.head();
    assertThat(store.contains(id("a"))).isTrue();
    assertThat(store.length(id("a"))).hasValue(1);
    assertThat(store.index.lost()).isEqualTo(1);
    assertThatThrownBy(() -> store.read(id("a"))).isInstanceOf(CorruptChunk.class);
    assertThat(text(store.read(id("b")).orElseThrow())).isEqualTo("b");
    other();
    write(at(1, 1), "a", "b");
    apply(at(1, 1), "a", "b");
    assertThat(store.head()).isEqualTo(without);
    assertThat(store.index.lost()).isZero();
  }

  @Test
  void aLostChunkThatIsPutAgainIsBack() throws IOException {
    apply(at(1, 1), "a");
    assertThat(store.index.lost()).isEqualTo(1);
    write(at(1, 2), "a");
    apply(at(1, 2), "a");
    assertThat(text(store.read(id("a")).orElseThrow())).isEqualTo("a");
    assertThat(store.index.lost()).isZero();
    assertThat(store.head().chunks()).isEqualTo(1);
  }

  @Test
  void aRemovedChunkIsGoneAndOnePutBehindItIsNew() throws IOException {
    write(at(1, 1), "a", "b");
    apply(at(1, 1), "a", "b");
    write(at(1, 3), "a"); // Entry 2 removes it, and is in the log only when this is written.
    remove(at(1, 2), "a", "never there");
    assertThat(store.contains(id("a"))).isFalse();
    assertThat(store.read(id("a"))).isEmpty();
    assertThat(store.head().chunks()).isEqualTo(1);
    assertThat(store.head().bytes()).isEqualTo(1);
    apply(at(1, 3), "a");
    assertThat(text(store.read(id("a")).orElseThrow())).isEqualTo("a");
    assertThat(store.index.lost()).isZero();
  }

  /** A removal is in the log of a node that restarts, and nobody tells the store of it again. */
  @Test
  void aChunkPutBehindARemovalThatACrashLeftUnappliedIsNew() throws IOException {
    write(at(1, 1), "a");
    apply(at(1, 1), "a");
    store.flush();
    crash();
    write(at(1, 3), "a");
    crash();
    remove(at(1, 2), "a");
    apply(at(1, 3), "a");
    assertThat(text(store.read(id("a")).orElseThrow())).isEqualTo("a");
    assertThat(store.index.lost()).isZero();
  }

  @Test
  void anEntryThatRemovesAndBringsAChunkLeavesItThere() throws IOException {
    write(at(1, 1), "a");
    apply(at(1, 1), "a");
    ChunkHead before = store.head();
    write(at(1, 2), "a");
    store.apply(at(1, 2), new ChunkBatch(batch("a").chunks(), List.of(removal(2, id("a")))));
    assertThat(text(store.read(id("a")).orElseThrow())).isEqualTo("a");
    assertThat(store.head().digest()).isEqualTo(before.digest());
    assertThat(store.head().chunks()).isEqualTo(1);
  }

  @Test
  void whatWasRemovedIsLeftOutForAFollowerThatNeedsItsEntry() throws IOException {
    write(at(1, 1), "a", "b");
    apply(at(1, 1), "a", "b");
    remove(at(1, 2), "a");
    assertThat(store.readOf(at(1, 1), id("a"))).isEmpty();
    assertThat(store.readOf(at(1, 1), id("b"))).isPresent();
    assertThatThrownBy(() -> store.readOf(at(1, 3), id("a"))).isInstanceOf(CorruptChunk.class);
    ChunkHead leader = store.head();
    other();
    store.write(at(1, 1), batch("a", "b"), List.of(Optional.empty(), Optional.of(bytes("b"))));
    assertThat(store.readOf(at(1, 1), id("a"))).isEmpty();
    apply(at(1, 1), "a", "b");
    remove(at(1, 2), "a");
    assertThat(store.head()).isEqualTo(leader);
    assertThat(store.index.lost()).isZero();
  }

  @Test
  void aCutEntryIsForgottenFromItsFirstIndexOn() throws IOException {
    write(at(1, 1), "kept");
    write(at(1, 2), "cut");
    write(at(1, 3), "cut too");
    store.truncate(2);
    apply(at(1, 1), "kept");
    assertThatThrownBy(() -> store.readOf(at(1, 2), id("cut"))).hasMessageContaining("is missing");
    assertThatThrownBy(() -> store.readOf(at(1, 3), id("cut too")))
        .hasMessageContaining("is missing");
  }

  @Test
  void anEntryThatReplacesACutOneIsApplied() throws IOException {
    write(at(1, 1), "cut", "both");
    store.truncate(1);
    write(at(2, 1), "both", "new");
    apply(at(2, 1), "both", "new");
    assertThat(store.contains(id("cut"))).isFalse();
    assertThat(store.head().chunks()).isEqualTo(2);
  }

  @Test
  void aCutEntryAndItsReplacementAreToldApartAfterACrash() throws IOException {
    write(at(1, 1), "cut", "both");
    write(at(1, 2), "cut too");
    store.truncate(1);
    write(at(2, 1), "both", "new");
    store.sync();
    crash();
    assertThatThrownBy(() -> store.readOf(at(1, 1), id("cut"))).hasMessageContaining("is missing");
    apply(at(2, 1), "both", "new");
    apply(at(2, 2));
    assertThat(store.contains(id("cut"))).isFalse();
    assertThat(store.contains(id("cut too"))).isFalse();
    assertThat(text(store.read(id("both")).orElseThrow())).isEqualTo("both");
  }

  /** Raft §5.4.2, figure 8: (c) to (d) with a leader whose entry is the older one. */
  @Test
  void aReplacementOfAnOlderTermIsFoundAfterACrash() throws IOException {
    write(at(3, 1), "cut");
    store.truncate(1);
    write(at(2, 1), "kept");
    store.sync();
    crash();
    apply(at(2, 1), "kept");
    assertThat(store.contains(id("kept"))).isTrue();
    assertThat(store.contains(id("cut"))).isFalse();
  }

  @Test
  void aChunkInTwoPendingEntriesIsCountedOnce() throws IOException {
    write(at(1, 1), "same");
    write(at(1, 2), "same", "same", "other");
    apply(at(1, 1), "same");
    apply(at(1, 2), "same", "same", "other");
    assertThat(store.head().chunks()).isEqualTo(2);
    assertThat(store.head().bytes()).isEqualTo(9);
  }

  @Test
  void aChunkIsFoundThoughTheFirstOfItsEntriesWasCut() throws IOException {
    write(at(1, 1), "other");
    write(at(1, 2), "same");
    write(at(1, 3), "same");
    store.truncate(2);
    write(at(2, 2), "third");
    write(at(2, 3), "same");
    apply(at(1, 1), "other");
    apply(at(2, 2), "third");
    apply(at(2, 3), "same");
    assertThat(text(store.read(id("same")).orElseThrow())).isEqualTo("same");
  }

  @Test
  void aChunkThatIsAppliedIsCountedOnceThoughItIsWrittenAgain() throws IOException {
    write(at(1, 1), "same");
    apply(at(1, 1), "same");
    ChunkHead once = store.flush();
    write(at(1, 2), "same");
    apply(at(1, 2), "same");
    ChunkHead twice = store.flush();
    assertThat(twice.chunks()).isEqualTo(once.chunks());
    assertThat(store.deadBytes(store.packs.files().getFirst())).isPositive();
    assertThat(twice.digest()).isEqualTo(once.digest());
    assertThat(twice.applied()).isEqualTo(at(1, 2));
  }

  @Test
  void entriesBehindTheLastFlushAreReplayedAfterACrash() throws IOException {
    for (int index = 1; index <= 100; index++) {
      write(at(1, index), "chunk " + index);
    }
    for (int index = 1; index <= 60; index++) {
      apply(at(1, index), "chunk " + index);
      if (index == 40) {
        store.flush();
      }
    }
    store.sync();
    ChunkHead before = store.head();
    crash();
    assertThat(store.head().applied()).isEqualTo(at(1, 40));
    for (int index = 41; index <= 60; index++) {
      apply(at(1, index), "chunk " + index);
    }
    assertThat(store.head().digest()).isEqualTo(before.digest());
    assertThat(store.head().chunks()).isEqualTo(60);
    for (int index = 1; index <= 60; index++) {
      assertThat(text(store.read(id("chunk " + index)).orElseThrow())).isEqualTo("chunk " + index);
    }
    assertThat(text(store.readOf(at(1, 61), id("chunk 61")).orElseThrow())).isEqualTo("chunk 61");
  }

  /** "same" is in the index when entry 2 is written, and again gone from it after the crash. */
  @Test
  void aDuplicateIsFoundByReplay() throws IOException {
    write(at(1, 1), "same");
    apply(at(1, 1), "same");
    write(at(1, 2), "same");
    store.sync();
    crash();
    assertThat(store.head()).isEqualTo(ChunkHead.EMPTY);
    apply(at(1, 1), "same");
    apply(at(1, 2), "same");
    assertThat(store.contains(id("same"))).isTrue();
  }

  /** A leader sends entry 2 to a follower before its own replay reached entry 1. */
  @Test
  void aDuplicateIsReadBeforeItsFirstEntryIsReplayed() throws IOException {
    write(at(1, 1), "same");
    apply(at(1, 1), "same");
    write(at(1, 2), "same");
    store.sync();
    crash();
    assertThat(text(store.readOf(at(1, 2), id("same")).orElseThrow())).isEqualTo("same");
    apply(at(1, 1), "same");
    assertThat(text(store.readOf(at(1, 2), id("same")).orElseThrow())).isEqualTo("same");
  }

  @Test
  void theMarkOfAFlushIsTheFirstPendingRecord() throws IOException {
    write(at(1, 1), "a");
    apply(at(1, 1), "a");
    PackPosition behindA = store.flush().indexed();
    write(at(1, 2), "b");
    write(at(1, 3), "c");
    assertThat(store.flush().indexed()).isEqualTo(behindA);
    apply(at(1, 2), "b");
    PackPosition behindB = store.flush().indexed();
    assertThat(behindB).isGreaterThan(behindA);
    store.truncate(3);
    assertThat(store.flush().indexed()).isGreaterThan(behindB);
  }

  @Test
  void aSkippedPositionMovesTheHeadAndNothingElse() throws IOException {
    store.skip(at(1, 5));
    assertThat(store.head().applied()).isEqualTo(at(1, 5));
    assertThat(store.head().digest()).isEqualTo(ChunkHead.EMPTY.digest());
    store.skip(at(1, 4));
    assertThat(store.head().applied()).isEqualTo(at(1, 5));
  }

  @Test
  void replicasThatGotThereByDifferentWaysHaveTheSameDigest() throws IOException {
    write(at(1, 1), "cut");
    store.truncate(1);
    write(at(2, 1), "a");
    write(at(2, 2), "b", "a");
    apply(at(2, 1), "a");
    apply(at(2, 2), "b", "a");
    ChunkHead one = store.head();
    other();
    write(at(2, 1), "a");
    apply(at(2, 1), "a");
    write(at(2, 2), "b", "a");
    apply(at(2, 2), "b", "a");
    assertThat(store.head().digest()).isEqualTo(one.digest());
  }

  /** Goes on with another replica, which is empty. */
  private void other() throws IOException {
    store.close();
    folder = temp.resolve("other");
    store = ChunkStore.open(folder, GROUP, PACKS, memory);
  }

  /** Goes on with a copy of what the disk holds now, as after a crash of the process. */
  private void crash() throws IOException {
    Path left = Files.createTempDirectory(temp, "left");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Path copy = left.resolve(folder.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    store.close();
    folder = left;
    store = ChunkStore.open(folder, GROUP, PACKS, memory);
  }

  private static LogPosition at(long term, long index) {
    return new LogPosition(term, index);
  }

  private static ByteBuffer bytes(String chunk) {
    return StandardCharsets.UTF_8.encode(chunk);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static ChunkId id(String chunk) {
    return new ChunkId(Sha256.of(bytes(chunk)));
  }

  private static ChunkBatch batch(String... chunks) {
    return new ChunkBatch(
        Stream.of(chunks)
            .map(chunk -> new ChunkBatch.Chunk(id(chunk), bytes(chunk).remaining(), crc(chunk)))
            .toList());
  }

  private static int crc(String chunk) {
    CRC32C crc = new CRC32C();
    crc.update(bytes(chunk));
    return (int) crc.getValue();
  }

  private void write(LogPosition at, String... chunks) throws IOException {
    store.write(
        at, batch(chunks), Stream.of(chunks).map(chunk -> Optional.of(bytes(chunk))).toList());
  }

  private void remove(LogPosition at, String... chunks) throws IOException {
    List<ChunkId> ids = Stream.of(chunks).map(ChunkStoreTest::id).toList();
    store.apply(at, new ChunkBatch(List.of(), List.of(new ChunkBatch.Removal(at.index(), ids))));
  }

  private void apply(LogPosition at, String... chunks) throws IOException {
    store.apply(at, batch(chunks));
  }

  private static ChunkBatch.Removal removal(long number, ChunkId... ids) {
    return new ChunkBatch.Removal(number, List.of(ids));
  }

  @Test
  void aRemovalThatComesLateOrAgainTakesNothingAlong() throws IOException {
    write(at(1, 1), "a");
    store.apply(at(1, 1), batch("a"));
    ChunkBatch removal = new ChunkBatch(List.of(), List.of(removal(5, id("a"))));
    store.apply(at(1, 2), removal);
    assertThat(store.contains(id("a"))).isFalse();
    write(at(1, 3), "a");
    store.apply(at(1, 3), batch("a"));

    store.apply(at(1, 4), removal);
    store.apply(at(1, 5), new ChunkBatch(List.of(), List.of(removal(4, id("a")))));

    assertThat(store.contains(id("a"))).isTrue();
    assertThat(store.head().removals()).isEqualTo(5);
    store.apply(at(1, 6), new ChunkBatch(List.of(), List.of(removal(6, id("a")))));
    assertThat(store.contains(id("a"))).isFalse();
  }
}
