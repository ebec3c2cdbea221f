package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.CorruptRange;
import io.balsa.chunk.PackBroken;
import io.balsa.chunk.PackOptions;
import io.balsa.chunk.PackStore;
import io.balsa.chunk.RecordVisitor;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packs after a power cut. */
class PackCrashTest {
  private static final int GROUP = 3;
  private static final Path FOLDER = Path.of("/data/chunks/3");
  private static final int STEPS = 14;

  /** A record that was appended; one without a place when its writer was killed. */
  private record Appended(
      LogPosition at, ChunkId id, Optional<PackLocation> location, ByteBuffer payload) {
    boolean is(LogPosition otherAt, ChunkId otherId, PackLocation found) {
      return at.equals(otherAt) && id.equals(otherId) && location.orElse(found).equals(found);
    }
  }

  /** The packs said that these are durable, and all before this position. */
  private record Forced(List<Appended> records, PackPosition end) {}

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void whatWasForcedIsThereAndNothingElseIsMadeUp(long seed) throws IOException {
    Random random = new Random(seed);
    RecordingDisk disk = new RecordingDisk();
    PackOptions options = options(disk, random);
    Program program = new Program(disk, options, random);
    program.run();
    CrashStates.check(
        disk, seed, (after, said) -> check(options.withDisk(after), program.tried, said));
  }

  private static PackOptions options(RecordingDisk disk, Random random) {
    return PackOptions.DEFAULT
        .withPackBytesMax(4_096 + random.nextInt(8_192))
        .withPreallocateBytes(random.nextBoolean() ? 0 : 4_096)
        .withSalts(random::nextLong)
        .withDisk(disk);
  }

  /** Appends and forces; now and then its process is killed, or closes the packs in peace. */
  private static final class Program {
    private final RecordingDisk disk;
    private final PackOptions options;
    private final Random random;

    /** All that may be found. */
    private final List<Appended> tried = new ArrayList<>();

    /** Of them, those that are surely in the packs, durable or not. */
    private final List<Appended> written = new ArrayList<>();

    private PackStore store;

    Program(RecordingDisk disk, PackOptions options, Random random) {
      this.disk = disk;
      this.options = options;
      this.random = random;
    }

    void run() throws IOException {
      reopen();
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(6) == 0) {
          disk.killAfter(random.nextInt(8));
        }
        try {
          step();
        } catch (PackBroken | RecordingDisk.Killed e) {
          reopen();
        }
      }
    }

    private void step() throws IOException {
      int draw = random.nextInt(20);
      if (draw < 12) {
        written.add(append(store, tried, random));
      } else if (draw < 18) {
        List<Appended> before = List.copyOf(written);
        PackPosition end = store.end();
        store.sync();
        disk.mark(new Forced(before, end));
      } else if (draw == 18) {
        store.close();
        reopen();
      } else {
        reopen();
      }
    }

    /** As often as it is killed on the way. What is found is durable from then on. */
    private void reopen() throws IOException {
      disk.revive();
      disk.killAfter(random.nextInt(3) == 0 ? random.nextInt(12) : Integer.MAX_VALUE);
      Notes notes = new Notes();
      try {
        store = open(options, notes);
      } catch (RecordingDisk.Killed e) {
        reopen();
        return;
      }
      disk.revive();
      written.clear();
      for (Appended record : tried) {
        notes.visited.forEach(
            (location, found) -> {
              if (record.is(found.at, found.id, location)) {
                written.add(
                    new Appended(record.at, record.id, Optional.of(location), record.payload));
              }
            });
      }
      disk.mark(new Forced(List.copyOf(written), store.end()));
    }
  }

  private static Appended append(PackStore store, List<Appended> tried, Random random)
      throws IOException {
    byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 200 : 3_000)];
    random.nextBytes(bytes);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    LogPosition at = new LogPosition(1, tried.size() + 1);
    ChunkId id = new ChunkId(Sha256.of(payload));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    tried.add(new Appended(at, id, Optional.empty(), payload));
    PackLocation location = store.append(at, id, payload, (int) crc.getValue());
    Appended appended = new Appended(at, id, Optional.of(location), payload);
    tried.set(tried.size() - 1, appended);
    return appended;
  }

  private static void check(PackOptions options, List<Appended> tried, List<Object> said)
      throws IOException {
    Forced last =
        said.isEmpty() ? new Forced(List.of(), PackPosition.START) : (Forced) said.getLast();
    Notes notes = new Notes();
    try (PackStore store = open(options, notes)) {
      requireNoRotIn(last.records, notes);
      for (Appended record : last.records) {
        assertThat(notes.visited).containsKey(record.location.orElseThrow());
      }
      requireReadable(store, last.records);
      notes.visited.forEach(
          (location, found) ->
              assertThat(tried).anyMatch(record -> record.is(found.at, found.id, location)));
      Appended next = append(store, new ArrayList<>(tried), new Random(1));
      store.sync();
      assertThat(store.read(next.location.orElseThrow(), next.id)).isEqualTo(next.payload);
    }
    Notes again = new Notes();
    try (PackStore store = PackStore.open(FOLDER, GROUP, options, last.end, again)) {
      requireNoRotIn(last.records, again);
      requireReadable(store, last.records);
    }
  }

  /**
   * A record that was not forced may be torn with a whole one behind it, and then passes for rot: a
   * false alarm, which names no bytes that anybody was promised. A pack's header is never torn.
   */
  private static void requireNoRotIn(List<Appended> forced, Notes notes) {
    for (CorruptRange range : notes.corrupt) {
      assertThat(range.startInclusive()).as("%s", range).isPositive();
      assertThat(forced)
          .as("in %s", range)
          .noneMatch(
              record ->
                  record.location.orElseThrow().pack() == range.pack()
                      && record.location.orElseThrow().offset() >= range.startInclusive()
                      && record.location.orElseThrow().offset() < range.endExclusive());
    }
  }

  private static void requireReadable(PackStore store, List<Appended> records) throws IOException {
    for (Appended record : records) {
      assertThat(store.read(record.location.orElseThrow(), record.id)).isEqualTo(record.payload);
    }
  }

  private static PackStore open(PackOptions options, Notes notes) throws IOException {
    return PackStore.open(FOLDER, GROUP, options, PackPosition.START, notes);
  }

  /** A record that was found. */
  private record Visited(LogPosition at, ChunkId id) {}

  /** What opening told. */
  private static final class Notes implements RecordVisitor {
    private final Map<PackLocation, Visited> visited = new HashMap<>();
    private final List<CorruptRange> corrupt = new ArrayList<>();

    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      visited.put(location, new Visited(at, id));
    }

    @Override
    public void corrupt(CorruptRange range) {
      corrupt.add(range);
    }
  }
}
