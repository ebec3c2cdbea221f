package io.balsa.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Packs.Notes;
import io.balsa.chunk.Packs.Stored;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackRecoveryTest {
  private final Random random = new Random(42);
  private final List<Stored> stored = new ArrayList<>();

  @TempDir Path temp;
  private Path folder;
  private Path pack;

  @BeforeEach
  void writeThreeRecords() throws IOException {
    folder = temp.resolve("chunks");
    pack = Packs.file(folder, 1);
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      for (int i = 0; i < 3; i++) {
        stored.add(Packs.append(store, i, Packs.payload(24, random)));
      }
    }
  }

  @Test
  void whatWasAppendedIsVisitedInOrderAfterAReopen() throws IOException {
    Notes notes = new Notes();
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
      assertThat(notes.locations).isEqualTo(locations(0, 3));
      assertThat(notes.positions).isEqualTo(stored.stream().map(Stored::at).toList());
      for (Stored chunk : stored) {
        assertThat(store.read(chunk.location(), chunk.id())).isEqualTo(chunk.payload());
      }
    }
  }

  @Test
  void onlyWhatIsBehindTheIndexedPositionIsVisited() throws IOException {
    for (int indexed = 0; indexed <= 3; indexed++) {
      PackPosition upTo =
          indexed == 0 ? PackPosition.START : PackStore.endOf(stored.get(indexed - 1).location());
      Notes notes = new Notes();
      try (PackStore store = PackStore.open(folder, Packs.GROUP, Packs.OPTIONS, upTo, notes)) {
        assertThat(notes.locations).isEqualTo(locations(indexed, 3));
        assertThat(notes.corrupt).isEmpty();
        assertThat(store.end()).isEqualTo(PackStore.endOf(stored.get(2).location()));
      }
    }
  }

  @Test
  void aTornTailIsCutAtEveryByteOfTheLastRecord() throws IOException {
    byte[] whole = Files.readAllBytes(pack);
    int last = (int) stored.get(2).location().offset();
    for (int torn = last; torn < whole.length; torn++) {
      byte[] zeroed = whole.clone();
      Arrays.fill(zeroed, torn, whole.length, (byte) 0);
      byte[] garbage = whole.clone();
      for (int i = torn; i < whole.length; i++) {
        garbage[i] ^= (byte) random.nextInt(1, 256);
      }
      assertTailIsCut(Arrays.copyOf(whole, torn), last);
      if (!Arrays.equals(zeroed, whole)) {
        assertTailIsCut(zeroed, last);
      }
      assertTailIsCut(garbage, last);
    }
  }

  private void assertTailIsCut(byte[] file, long end) throws IOException {
    Files.write(pack, file);
    Notes notes = new Notes();
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
      assertThat(notes.locations).isEqualTo(locations(0, 2));
      assertThat(notes.corrupt).isEmpty();
      assertThat(store.end()).isEqualTo(new PackPosition(1, end));
      assertThat(Files.size(pack)).isEqualTo(end);
      Stored fresh = Packs.append(store, 9, Packs.payload(8, random));
      assertThat(fresh.location().offset()).isEqualTo(end);
      assertThat(store.read(fresh.location(), fresh.id())).isEqualTo(fresh.payload());
    }
  }

  @Test
  void anyFlippedBitOfARecordInTheMiddleIsToldAndTheOthersStay() throws IOException {
    Stored middle = stored.get(1);
    long end = PackStore.endOf(middle.location()).offset();
    long size = Files.size(pack);
    for (long bit = middle.location().offset() * 8; bit < end * 8; bit++) {
      Packs.flipBit(pack, bit);
      Notes notes = new Notes();
      try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
        assertThat(notes.locations)
            .as("bit %d", bit)
            .containsExactly(stored.get(0).location(), stored.get(2).location());
        CorruptRange range = notes.corrupt.getFirst();
        assertThat(notes.corrupt).hasSize(1);
        assertThat(range.startInclusive()).isEqualTo(middle.location().offset());
        assertThat(range.endExclusive()).isEqualTo(end);
        assertThatThrownBy(() -> store.read(middle.location(), middle.id()))
            .isInstanceOf(CorruptChunk.class);
      }
      assertThat(Files.size(pack)).isEqualTo(size);
      Packs.flipBit(pack, bit);
    }
  }

  @Test
  void aRottenPayloadIsToldWithItsChunk() throws IOException {
    Stored middle = stored.get(1);
    Packs.flipBit(pack, (middle.location().offset() + PackFormat.RECORD_HEADER_BYTES) * 8);
    Notes notes = new Notes();
    Packs.open(folder, Packs.OPTIONS, notes).close();
    assertThat(notes.corrupt.getFirst().id()).contains(middle.id());
    assertThat(notes.corrupt.getFirst().at()).contains(middle.at());
  }

  @Test
  void rotAndATornTailAreToldApartInOnePack() throws IOException {
    Packs.flipBit(pack, (stored.get(0).location().offset() + 40) * 8);
    Packs.flipBit(pack, (stored.get(2).location().offset() + 40) * 8);
    Notes notes = new Notes();
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
      assertThat(notes.locations).isEqualTo(locations(1, 2));
      assertThat(notes.corrupt).hasSize(1);
      assertThat(store.end().offset()).isEqualTo(stored.get(2).location().offset());
    }
  }

  /** Records of two blocks each; every block goes bad once. */
  @Test
  void aBlockThatTheDiskCannotReadIsRotInALastPackThatTakesNoMore() throws IOException {
    Path large = temp.resolve("large");
    List<Stored> records = new ArrayList<>();
    try (PackStore store = Packs.open(large, Packs.OPTIONS, new Notes())) {
      for (int i = 0; i < 4; i++) {
        records.add(Packs.append(store, i, Packs.payload(8_000, random)));
      }
    }
    byte[] whole = Files.readAllBytes(Packs.file(large, 1));
    for (long bad = 0; bad < whole.length; bad += BlockLoss.BLOCK_BYTES) {
      BlockLoss disk = new BlockLoss(Packs.file(large, 1), bad);
      Notes notes = new Notes();
      try (PackStore store = Packs.open(large, Packs.OPTIONS.withDisk(disk), notes)) {
        List<PackLocation> good =
            records.stream().map(Stored::location).filter(disk::spares).toList();
        assertThat(notes.locations).as("block at %d", bad).isEqualTo(bad == 0 ? List.of() : good);
        assertThat(notes.corrupt).as("block at %d", bad).isNotEmpty();
        assertThat(store.end().pack()).isEqualTo(2);
      }
      assertThat(Files.readAllBytes(Packs.file(large, 1))).isEqualTo(whole);
      Files.delete(Packs.file(large, 2));
    }
  }

  @Test
  void aRecordInsideAPayloadIsNotTakenForOne() throws IOException {
    byte[] other = Files.readAllBytes(pack);
    Path foreign = temp.resolve("foreign");
    Path foreignPack = Packs.file(foreign, 1);
    PackOptions options = Packs.OPTIONS.withSalts(() -> 99);
    try (PackStore store = Packs.open(foreign, options, new Notes())) {
      // Padded so that the inner records stand at their own offsets, as an attacker would do.
      int front = PackFormat.FILE_HEADER_BYTES + PackFormat.RECORD_HEADER_BYTES;
      Packs.append(store, 1, ByteBuffer.wrap(other, front, other.length - front));
    }
    Packs.flipBit(foreignPack, 8L * (PackFormat.FILE_HEADER_BYTES + 3));
    Notes notes = new Notes();
    try (PackStore store = Packs.open(foreign, options, notes)) {
      assertThat(notes.ids).isEmpty();
      assertThat(store.end().offset()).isEqualTo(PackFormat.FILE_HEADER_BYTES);
    }
  }

  @Test
  void preallocatedZerosAreCut() throws IOException {
    byte[] whole = Files.readAllBytes(pack);
    Files.write(pack, Arrays.copyOf(whole, whole.length + 3_000_001));
    Notes notes = new Notes();
    Packs.open(folder, Packs.OPTIONS, notes).close();
    assertThat(notes.locations).isEqualTo(locations(0, 3));
    assertThat(Files.readAllBytes(pack)).isEqualTo(whole);
  }

  @Test
  void nothingIsAppendedInFrontOfTheIndexedPosition() throws IOException {
    PackPosition indexed = PackStore.endOf(stored.get(2).location());
    byte[] whole = Files.readAllBytes(pack);
    Files.write(pack, Arrays.copyOf(whole, whole.length - 30));
    Notes notes = new Notes();
    try (PackStore store = PackStore.open(folder, Packs.GROUP, Packs.OPTIONS, indexed, notes)) {
      assertThat(notes.corrupt).hasSize(1);
      assertThat(notes.corrupt.getFirst().startInclusive()).isEqualTo(whole.length - 30);
      assertThat(store.end()).isEqualTo(indexed);
      assertThatThrownBy(() -> store.read(stored.get(2).location(), stored.get(2).id()))
          .isInstanceOf(CorruptChunk.class);
    }
  }

  @Test
  void aMissingPackIsToldAndItsNumberIsNotUsedAgain() throws IOException {
    Files.delete(pack);
    Notes notes = new Notes();
    PackPosition indexed = PackStore.endOf(stored.get(1).location());
    try (PackStore store = PackStore.open(folder, Packs.GROUP, Packs.OPTIONS, indexed, notes)) {
      assertThat(notes.corrupt).extracting(CorruptRange::pack).containsExactly(1);
      assertThat(store.end().pack()).isEqualTo(2);
      assertThatThrownBy(() -> store.read(stored.get(0).location(), stored.get(0).id()))
          .isInstanceOf(CorruptChunk.class);
    }
  }

  @Test
  void aPackWithADamagedHeaderIsToldAndClosed() throws IOException {
    byte[] whole = Files.readAllBytes(pack);
    whole[3] ^= 1;
    Files.write(pack, whole);
    Notes notes = new Notes();
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, notes)) {
      assertThat(notes.locations).isEmpty();
      assertThat(notes.corrupt).extracting(CorruptRange::startInclusive).containsExactly(0L);
      assertThat(store.end().pack()).isEqualTo(2);
      // Whoever knows where a record stands still gets it.
      assertThat(store.read(stored.get(1).location(), stored.get(1).id()))
          .isEqualTo(stored.get(1).payload());
    }
    assertThat(Files.readAllBytes(pack)).isEqualTo(whole);
  }

  @Test
  void aHalfMadePackIsClearedAway() throws IOException {
    Path unborn = folder.resolve("pack-2.pack.new");
    Files.write(unborn, new byte[10]);
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      assertThat(unborn).doesNotExist();
      assertThat(store.files()).hasSize(1);
    }
  }

  @Test
  void whatIsVisitedWasForcedBefore() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.set(
        operation -> {
          if (operation.equals("sync")) {
            throw new IOException("EIO");
          }
        });
    Notes notes = new Notes();
    assertThatThrownBy(() -> Packs.open(folder, Packs.OPTIONS.withDisk(disk), notes))
        .hasMessage("EIO");
    assertThat(notes.locations).isEmpty();
  }

  private List<PackLocation> locations(int from, int to) {
    return stored.subList(from, to).stream().map(Stored::location).toList();
  }
}
