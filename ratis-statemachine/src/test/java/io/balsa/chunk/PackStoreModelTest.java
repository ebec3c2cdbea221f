package io.balsa.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.chunk.Packs.Notes;
import io.balsa.chunk.Packs.Stored;
import io.balsa.model.ChunkId;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store against a list, over random work, reopens and crashes. */
class PackStoreModelTest {
  private static final PackOptions OPTIONS = Packs.OPTIONS.withPackBytesMax(16 << 10);

  @TempDir Path temp;

  /** Twenty seeds of the day, or the one that failed: -Dseed=n. */
  static List<Long> seeds() {
    Long given = Long.getLong("seed");
    return given != null ? List.of(given) : new Random().longs(20).boxed().toList();
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void theStoreHoldsWhatTheModelHolds(long seed) throws IOException {
    new Run(temp.resolve(Long.toString(seed)), new Random(seed)).go();
  }

  private static final class Run {
    private final Path folder;
    private final Random random;
    private final List<Stored> model = new ArrayList<>();
    private int synced;
    private int indexed;
    private PackStore store;

    Run(Path folder, Random random) {
      this.folder = folder;
      this.random = random;
    }

    void go() throws IOException {
      store = Packs.open(folder, OPTIONS, new Notes());
      for (int step = 0; step < 150; step++) {
        switch (random.nextInt(10)) {
          case 0 -> reopen();
          case 1 -> crash();
          case 2, 3 -> {
            store.sync();
            synced = model.size();
          }
          case 4 -> indexed = random.nextInt(indexed, synced + 1);
          case 5, 6 -> readOne();
          default ->
              model.add(
                  Packs.append(
                      store, model.size(), Packs.payload(random.nextInt(1, 3_000), random)));
        }
      }
      reopen();
    }

    private void readOne() throws IOException {
      if (!model.isEmpty()) {
        Stored chunk = model.get(random.nextInt(model.size()));
        assertThat(store.read(chunk.location(), chunk.id())).isEqualTo(chunk.payload());
      }
    }

    private void reopen() throws IOException {
      store.close();
      synced = model.size();
      open();
    }

    /** Stops without closing, and loses some of what was appended but not synced. */
    private void crash() throws IOException {
      PackPosition end = store.end();
      if (model.size() > synced) {
        int lost = random.nextInt(synced, model.size());
        // Whatever was in an earlier pack was forced when that was sealed.
        while (model.get(lost).location().pack() < end.pack()) {
          lost++;
          if (lost == model.size()) {
            break;
          }
        }
        if (lost < model.size()) {
          tear(model.get(lost));
          model.subList(lost, model.size()).clear();
        }
      }
      synced = model.size();
      open();
    }

    private void tear(Stored chunk) throws IOException {
      Path file = Packs.file(folder, chunk.location().pack());
      byte[] bytes = Files.readAllBytes(file);
      long start = chunk.location().offset();
      long end = PackStore.endOf(chunk.location()).offset() - 7;
      int torn = (int) random.nextLong(start, end);
      if (random.nextBoolean()) {
        bytes = Arrays.copyOf(bytes, torn);
      } else {
        Arrays.fill(bytes, torn, bytes.length, (byte) 0);
      }
      Files.write(file, bytes);
    }

    private void open() throws IOException {
      PackPosition upTo =
          indexed == 0 ? PackPosition.START : PackStore.endOf(model.get(indexed - 1).location());
      Notes notes = new Notes();
      store = PackStore.open(folder, Packs.GROUP, OPTIONS, upTo, notes);
      List<Stored> rest = model.subList(indexed, model.size());
      assertThat(notes.corrupt).isEmpty();
      assertThat(notes.locations).isEqualTo(rest.stream().map(Stored::location).toList());
      assertThat(notes.ids).isEqualTo(rest.stream().map(Stored::id).toList());
      for (Stored chunk : model) {
        assertThat(store.read(chunk.location(), chunk.id())).isEqualTo(chunk.payload());
      }
      assertThatThrownBy(() -> store.read(location(store.end()), id()))
          .isInstanceOf(CorruptChunk.class);
    }

    private static PackLocation location(PackPosition at) {
      return new PackLocation(at.pack(), at.offset(), 1, 0);
    }

    private static ChunkId id() {
      return new ChunkId(Sha256.OF_NOTHING);
    }
  }
}
