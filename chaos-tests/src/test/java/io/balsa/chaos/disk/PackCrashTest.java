package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.CorruptRange;
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

  /** A record that was appended. */
  private record Appended(LogPosition at, ChunkId id, PackLocation location, ByteBuffer payload) {}

  /** A force that returned covers so many of the appended records, and all before this position. */
  private record Synced(int records, PackPosition end) {}

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void whatWasForcedIsThereAndNothingElseIsMadeUp(long seed) throws IOException {
    Random random = new Random(seed);
    RecordingDisk disk = new RecordingDisk();
    List<Appended> appended = new ArrayList<>();
    PackOptions options = options(disk, random);
    run(disk, options, random, appended);
    CrashStates.check(disk, seed, (after, said) -> check(options.withDisk(after), appended, said));
  }

  private static PackOptions options(RecordingDisk disk, Random random) {
    return PackOptions.DEFAULT
        .withPackBytesMax(4_096 + random.nextInt(8_192))
        .withPreallocateBytes(random.nextBoolean() ? 0 : 4_096)
        .withSalts(random::nextLong)
        .withDisk(disk);
  }

  /** Appends and forces; now and then the process is killed, or closes its packs in peace. */
  private static void run(
      RecordingDisk disk, PackOptions options, Random random, List<Appended> appended)
      throws IOException {
    PackStore store = open(options, new Notes());
    disk.mark(new Synced(0, store.end()));
    for (int step = 0; step < STEPS; step++) {
      int draw = random.nextInt(20);
      if (draw < 12) {
        appended.add(append(store, appended.size() + 1, random));
      } else if (draw < 18) {
        PackPosition end = store.end();
        store.sync();
        disk.mark(new Synced(appended.size(), end));
      } else {
        if (draw == 18) {
          store.close();
        }
        store = open(options, new Notes());
        // What is found at opening is durable from then on.
        disk.mark(new Synced(appended.size(), store.end()));
      }
    }
  }

  private static Appended append(PackStore store, long index, Random random) throws IOException {
    byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 200 : 3_000)];
    random.nextBytes(bytes);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    LogPosition at = new LogPosition(1, index);
    ChunkId id = new ChunkId(Sha256.of(payload));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    PackLocation location = store.append(at, id, payload, (int) crc.getValue());
    return new Appended(at, id, location, payload);
  }

  private static void check(PackOptions options, List<Appended> appended, List<Object> said)
      throws IOException {
    Synced synced = said.isEmpty() ? new Synced(0, PackPosition.START) : (Synced) said.getLast();
    List<Appended> forced = appended.subList(0, synced.records);
    Notes notes = new Notes();
    try (PackStore store = open(options, notes)) {
      requireAll(store, notes, forced);
      for (Map.Entry<PackLocation, ChunkId> visited : notes.visited.entrySet()) {
        assertThat(appended)
            .as("visited")
            .anyMatch(
                record ->
                    record.location.equals(visited.getKey())
                        && record.id.equals(visited.getValue()));
      }
      Appended next = append(store, appended.size() + 1, new Random(1));
      store.sync();
      assertThat(store.read(next.location, next.id)).isEqualTo(next.payload);
    }
    Notes again = new Notes();
    try (PackStore store = PackStore.open(FOLDER, GROUP, options, synced.end, again)) {
      requireNoRotIn(forced, again);
      requireReadable(store, forced);
    }
  }

  private static void requireAll(PackStore store, Notes notes, List<Appended> forced)
      throws IOException {
    requireNoRotIn(forced, notes);
    for (Appended record : forced) {
      assertThat(notes.visited).containsEntry(record.location, record.id);
    }
    requireReadable(store, forced);
  }

  /**
   * A record that was not forced may be torn with a whole one behind it, and then passes for rot: a
   * false alarm, which names no bytes that anybody was promised.
   */
  private static void requireNoRotIn(List<Appended> forced, Notes notes) {
    for (CorruptRange range : notes.corrupt) {
      assertThat(forced)
          .as("in %s", range)
          .noneMatch(
              record ->
                  record.location.pack() == range.pack()
                      && record.location.offset() >= range.startInclusive()
                      && record.location.offset() < range.endExclusive());
    }
  }

  private static void requireReadable(PackStore store, List<Appended> records) throws IOException {
    for (Appended record : records) {
      assertThat(store.read(record.location, record.id)).isEqualTo(record.payload);
    }
  }

  private static PackStore open(PackOptions options, Notes notes) throws IOException {
    return PackStore.open(FOLDER, GROUP, options, PackPosition.START, notes);
  }

  /** What opening told. */
  private static final class Notes implements RecordVisitor {
    private final Map<PackLocation, ChunkId> visited = new HashMap<>();
    private final List<CorruptRange> corrupt = new ArrayList<>();

    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      visited.put(location, id);
    }

    @Override
    public void corrupt(CorruptRange range) {
      corrupt.add(range);
    }
  }
}
