package io.balsa.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Packs.Notes;
import io.balsa.chunk.Packs.Stored;
import io.balsa.model.ChunkId;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackStoreTest {
  private static final PackOptions SMALL = Packs.OPTIONS.withPackBytesMax(4_096);

  private final Random random = new Random(7);

  @TempDir Path folder;

  @Test
  void aChunkIsReadableBeforeItIsSynced() throws IOException {
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      Stored chunk = Packs.append(store, 1, Packs.payload(1_000, random));
      ByteBuffer read = store.read(chunk.location(), chunk.id());
      assertThat(read).isEqualTo(chunk.payload());
      assertThat(read.isReadOnly()).isTrue();
      assertThat(chunk.payload().remaining()).isEqualTo(1_000);
    }
  }

  @Test
  void aFullPackIsSealedAndTheNextOneGoesOn() throws IOException {
    List<Stored> stored = new ArrayList<>();
    try (PackStore store = Packs.open(folder, SMALL, new Notes())) {
      for (int i = 0; i < 10; i++) {
        stored.add(Packs.append(store, i, Packs.payload(1_000, random)));
      }
      List<PackFile> files = store.files();
      assertThat(files).extracting(PackFile::number).containsExactly(1, 2, 3, 4);
      assertThat(files).extracting(PackFile::sealed).containsExactly(true, true, true, false);
      assertThat(store.bytes()).isEqualTo(files.stream().mapToLong(PackFile::bytes).sum());
      for (PackFile file : files.subList(0, 3)) {
        assertThat(Files.size(file.path())).isEqualTo(file.bytes()).isLessThanOrEqualTo(4_096);
      }
      assertThat(store.end().offset()).isEqualTo(files.getLast().bytes());
      assertAllReadable(store, stored);
    }
    Notes notes = new Notes();
    try (PackStore store = Packs.open(folder, SMALL, notes)) {
      assertThat(notes.locations).isEqualTo(stored.stream().map(Stored::location).toList());
      assertThat(notes.corrupt).isEmpty();
      assertThat(store.files()).hasSize(4);
      assertAllReadable(store, stored);
    }
  }

  @Test
  void aDamagedLastRecordOfASealedPackIsRot() throws IOException {
    List<Stored> stored = new ArrayList<>();
    try (PackStore store = Packs.open(folder, SMALL, new Notes())) {
      for (int i = 0; i < 4; i++) {
        stored.add(Packs.append(store, i, Packs.payload(1_000, random)));
      }
    }
    Path sealed = Packs.file(folder, 1);
    byte[] whole = Files.readAllBytes(sealed);
    Stored last = stored.get(2);
    Files.write(sealed, Arrays.copyOf(whole, (int) last.location().offset() + 500));
    Notes notes = new Notes();
    Packs.open(folder, SMALL, notes).close();
    assertThat(notes.locations).hasSize(3);
    assertThat(notes.corrupt).extracting(CorruptRange::id).containsExactly(Optional.of(last.id()));
    Files.write(sealed, Arrays.copyOf(whole, whole.length - 96));
    notes = new Notes();
    Packs.open(folder, SMALL, notes).close();
    assertThat(notes.locations).hasSize(4);
    assertThat(notes.corrupt)
        .extracting(CorruptRange::why)
        .containsExactly("the footer is missing");
  }

  @Test
  void aChunkLargerThanAPackGetsItsOwn() throws IOException {
    try (PackStore store = Packs.open(folder, SMALL, new Notes())) {
      Stored large = Packs.append(store, 1, Packs.payload(10_000, random));
      Stored next = Packs.append(store, 2, Packs.payload(10, random));
      assertThat(large.location().pack()).isEqualTo(1);
      assertThat(next.location().pack()).isEqualTo(2);
      assertAllReadable(store, List.of(large, next));
    }
  }

  @Test
  void aReadThatAsksForSomethingElseGetsNothing() throws IOException {
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      Stored one = Packs.append(store, 1, Packs.payload(100, random));
      Stored two = Packs.append(store, 2, Packs.payload(100, random));
      PackLocation at = one.location();
      List<PackLocation> wrong =
          List.of(
              two.location(),
              new PackLocation(1, at.offset() + 8, at.length(), at.crc32c()),
              new PackLocation(1, at.offset(), at.length() - 1, at.crc32c()),
              new PackLocation(1, at.offset(), at.length(), at.crc32c() + 1),
              new PackLocation(2, at.offset(), at.length(), at.crc32c()),
              new PackLocation(1, store.end().offset(), at.length(), at.crc32c()),
              new PackLocation(1, -1, at.length(), at.crc32c()),
              new PackLocation(1, at.offset(), Integer.MAX_VALUE, at.crc32c()));
      for (PackLocation location : wrong) {
        assertThatThrownBy(() -> store.read(location, one.id()))
            .as("%s", location)
            .isInstanceOf(CorruptChunk.class);
      }
    }
  }

  @Test
  void aPayloadThatDoesNotMatchItsCrcIsNotWritten() throws IOException {
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      PackPosition before = store.end();
      ByteBuffer payload = Packs.payload(100, random);
      ChunkId id = new ChunkId(Sha256.of(payload));
      assertThatThrownBy(() -> store.append(LogPosition.START, id, payload, 1))
          .isInstanceOf(CorruptChunk.class);
      assertThatThrownBy(() -> store.append(LogPosition.START, id, ByteBuffer.allocate(0), 0))
          .isInstanceOf(InvalidField.class);
      assertThat(store.end()).isEqualTo(before);
      Packs.append(store, 1, payload);
      store.sync();
    }
  }

  @Test
  void aFailedSyncIsFinal() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    PackStore store = Packs.open(folder, Packs.OPTIONS.withDisk(disk), new Notes());
    Stored chunk = Packs.append(store, 1, Packs.payload(100, random));
    store.sync();
    Packs.append(store, 2, Packs.payload(100, random));
    failOnce(disk, "sync");
    assertThatThrownBy(store::sync).isInstanceOf(PackBroken.class).hasRootCauseMessage("EIO");
    int syncs = disk.syncs.get();
    assertBroken(store, chunk);
    store.close();
    store.close();
    assertThat(disk.syncs.get()).as("no force is tried again").isEqualTo(syncs);
  }

  @Test
  void aFailureAtAnyStepOfAnAppendIsFinal() throws IOException {
    for (String step : List.of("write", "truncate", "sync", "create", "rename", "syncFolder")) {
      FaultyDisk disk = new FaultyDisk();
      Path own = folder.resolve(step);
      List<Stored> stored = new ArrayList<>();
      PackStore store = Packs.open(own, SMALL.withDisk(disk), new Notes());
      for (int i = 0; i < 3; i++) {
        stored.add(Packs.append(store, i, Packs.payload(1_000, random)));
      }
      failOnce(disk, step);
      assertThatThrownBy(() -> Packs.append(store, 3, Packs.payload(1_000, random)))
          .as(step)
          .isInstanceOf(PackBroken.class);
      assertBroken(store, stored.getFirst());
      store.close();
      Notes notes = new Notes();
      try (PackStore again = Packs.open(own, SMALL, notes)) {
        assertThat(notes.corrupt).isEmpty();
        assertAllReadable(again, stored);
        Stored next = Packs.append(again, 3, Packs.payload(1_000, random));
        assertThat(next.location().pack()).isEqualTo(2);
      }
    }
  }

  @Test
  void closingCutsWhatIsPreallocatedAndIsIdempotent() throws IOException {
    PackOptions options = Packs.OPTIONS.withPreallocateBytes(1 << 20);
    PackStore store = Packs.open(folder, options, new Notes());
    Stored chunk = Packs.append(store, 1, Packs.payload(100, random));
    assertThat(Files.size(Packs.file(folder, 1))).isGreaterThanOrEqualTo(1 << 20);
    long end = store.end().offset();
    store.close();
    store.close();
    assertThat(Files.size(Packs.file(folder, 1))).isEqualTo(end);
    assertThatThrownBy(store::sync).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> store.read(chunk.location(), chunk.id()))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void anInterruptedReaderDisturbsNobodyElse() throws IOException {
    try (PackStore store = Packs.open(folder, Packs.OPTIONS, new Notes())) {
      Stored chunk = Packs.append(store, 1, Packs.payload(100, random));
      store.read(chunk.location(), chunk.id());
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> store.read(chunk.location(), chunk.id()))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertAllReadable(store, List.of(chunk));
      Packs.append(store, 2, Packs.payload(100, random));
      store.sync();
    }
  }

  @Test
  void morePacksThanMayBeOpenAreReadable() throws IOException {
    List<Stored> stored = new ArrayList<>();
    try (PackStore store = Packs.open(folder, SMALL.withOpenPacksMax(2), new Notes())) {
      for (int i = 0; i < 40; i++) {
        stored.add(Packs.append(store, i, Packs.payload(1_000, random)));
      }
      assertAllReadable(store, stored);
      assertAllReadable(store, stored.reversed());
    }
  }

  private static void failOnce(FaultyDisk disk, String step) {
    disk.set(
        operation -> {
          if (operation.equals(step)) {
            disk.set(any -> {});
            throw new IOException("EIO");
          }
        });
  }

  private void assertBroken(PackStore store, Stored chunk) {
    assertThatThrownBy(store::sync).isInstanceOf(PackBroken.class);
    assertThatThrownBy(() -> Packs.append(store, 99, Packs.payload(1, random)))
        .isInstanceOf(PackBroken.class);
    assertThatThrownBy(() -> store.read(chunk.location(), chunk.id()))
        .isInstanceOf(PackBroken.class);
  }

  private static void assertAllReadable(PackStore store, List<Stored> stored) throws IOException {
    for (Stored chunk : stored) {
      assertThat(store.read(chunk.location(), chunk.id())).isEqualTo(chunk.payload());
    }
  }
}
