package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.disk.CrashStates;
import io.balsa.chaos.disk.RecordingDisk;
import io.balsa.chunk.CorruptRange;
import io.balsa.chunk.PackBroken;
import io.balsa.chunk.PackOptions;
import io.balsa.chunk.PackStore;
import io.balsa.chunk.RecordVisitor;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compaction after a power cut: packs over the recording disk, and a real index beside it, of which
 * is noted what a crash would leave of it. RocksDB flushes when it likes, so that is what was
 * flushed, or anything that was committed since.
 */
class CompactionCrashTest {
  private static final int GROUP = 2;
  private static final int STEPS = 40;
  private static final double DEAD_SHARE_MAX = 0.2;

  @TempDir private Path temp;

  /** An entry of the group's log. */
  private record Entry(LogPosition at, ChunkBatch batch) {}

  /** What the index holds, in memory or on disk. */
  private record Rows(ChunkHead head, Map<ChunkId, ChunkRow> rows, boolean durable) {}

  private static final Rows NOTHING = new Rows(ChunkHead.EMPTY, Map.of(), true);

  /** So many entries are durable, so their writers were told. */
  private record Acknowledged(int entries) {}

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#few")
  void noChunkThatLivesIsLostByCompaction(long seed) throws IOException {
    tryOn(new RecordingDisk(), seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[.]pack.*", "/store"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, this::tryOn);
  }

  private void tryOn(RecordingDisk disk, long seed) throws IOException {
    Path folder = Files.createTempDirectory(temp, "run").resolve("store");
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      Program program = new Program(disk, folder, memory, new Random(seed));
      program.run();
      assertThat(program.packsDeleted).as("packs deleted, seed %d", seed).isPositive();
      Random random = new Random(seed);
      CrashStates.check(program.disk, seed, (after, said) -> check(program, after, said, random));
    }
  }

  /** Writes, applies, removes and compacts; now and then the process is killed. */
  private static final class Program {
    private final Path folder;
    private final RocksMemory memory;
    private final Random random;
    private final Map<ChunkId, ByteBuffer> contents = new TreeMap<>();
    private final List<ChunkId> ids;

    private final RecordingDisk disk;
    private final PackOptions options;

    /** Entry i has index i + 1. */
    private final List<Entry> log = new ArrayList<>();

    private int acknowledged;
    private int applied;
    private int packsDeleted;
    private Set<String> tables = Set.of();
    private Rows seen = NOTHING;
    private ChunkStore store;
    private ChunkUpkeep upkeep;

    Program(RecordingDisk disk, Path folder, RocksMemory memory, Random random) {
      this.disk = disk;
      this.folder = folder;
      this.memory = memory;
      this.random = random;
      options =
          PackOptions.DEFAULT.withPackBytesMax(4 << 10).withPreallocateBytes(0).withDisk(disk);
      // A pack must not be deleted before the index without it was flushed.
      disk.beforeDeletions(
          file -> {
            look();
            packsDeleted += file.toString().endsWith(".pack") ? 1 : 0;
          });
      for (int i = 0; i < 10; i++) {
        byte[] bytes = new byte[1 + random.nextInt(900)];
        random.nextBytes(bytes);
        contents.put(new ChunkId(Sha256.of(ByteBuffer.wrap(bytes))), ByteBuffer.wrap(bytes));
      }
      ids = List.copyOf(contents.keySet());
    }

    void run() throws IOException {
      disk.createFolders(folder.getParent());
      disk.settle();
      open();
      for (int step = 0; step < STEPS; step++) {
        disk.killAfter(random.nextInt(12) == 0 ? random.nextInt(6) : Integer.MAX_VALUE);
        try {
          step();
          look();
        } catch (PackBroken | RecordingDisk.Killed e) {
          die();
          open();
        }
      }
      disk.revive();
      while (applied < log.size()) {
        apply();
      }
      store.flush();
      compact(0);
      look();
      store.close();
    }

    private void step() throws IOException {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> write();
        case 3, 4 -> apply();
        case 5 -> store.flush();
        default -> compact(DEAD_SHARE_MAX);
      }
    }

    private void write() throws IOException {
      List<ChunkBatch.Chunk> chunks = new ArrayList<>();
      List<Optional<ByteBuffer>> bytes = new ArrayList<>();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        ChunkId id = ids.get(random.nextInt(ids.size()));
        CRC32C crc = new CRC32C();
        crc.update(contents.get(id).duplicate());
        chunks.add(new ChunkBatch.Chunk(id, contents.get(id).remaining(), (int) crc.getValue()));
        bytes.add(Optional.of(contents.get(id).duplicate()));
      }
      List<ChunkId> removed = List.of(ids.get(random.nextInt(ids.size())));
      ChunkBatch.Removal removal = new ChunkBatch.Removal(log.size() + 1, removed);
      Entry entry =
          new Entry(new LogPosition(1, log.size() + 1), new ChunkBatch(chunks, List.of(removal)));
      log.add(entry);
      store.write(entry.at, entry.batch, bytes);
      if (random.nextInt(3) > 0) {
        store.sync();
        acknowledge(log.size());
      }
    }

    private void acknowledge(int entries) {
      acknowledged = Math.max(acknowledged, entries);
      disk.mark(new Acknowledged(acknowledged));
    }

    /** Others may have made an entry durable before this replica did. */
    private void apply() throws IOException {
      if (applied < log.size()) {
        Entry entry = log.get(applied);
        store.apply(entry.at, entry.batch);
        applied++;
        acknowledge(applied);
      }
    }

    private void compact(double deadShareMax) throws IOException {
      upkeep.sealIfWasteful(deadShareMax);
      Set<Integer> tried = new TreeSet<>();
      for (OptionalInt pack = upkeep.wasteful(deadShareMax);
          pack.isPresent() && tried.add(pack.getAsInt());
          pack = upkeep.wasteful(deadShareMax)) {
        ChunkUpkeep.MoveStep step = new ChunkUpkeep.MoveStep(0, 0, false);
        while (!step.last()) {
          step = upkeep.evacuate(pack.getAsInt(), step.offset(), 1 + random.nextInt(2_000));
          look();
        }
        var _ = upkeep.discard(pack.getAsInt());
        look();
      }
    }

    /** The rows in memory go; what Ratis had forced of its log is there. */
    private void die() throws IOException {
      Path left = copyOfIndex();
      try {
        store.close();
      } catch (IOException e) {
        // The packs' part; the index is closed all the same.
      }
      disk.revive();
      deleteIndex(folder.resolve("index"));
      Files.move(left, folder.resolve("index"));
      log.subList(acknowledged, log.size()).clear();
    }

    private void open() throws IOException {
      store = ChunkStore.open(folder, GROUP, options, memory);
      // As a node does before its log is opened.
      store.truncate(log.size() + 1);
      StoreSlot<ChunkStore> slot = new StoreSlot<>(GroupName.chunks(GROUP));
      slot.put(store);
      upkeep = new ChunkUpkeep(GroupName.chunks(GROUP), slot, (_, id) -> contents.get(id));
      applied = (int) Math.max(0, store.head().applied().index());
      tables = tables();
      seen = rowsOf(store.index, true);
      disk.mark(seen);
    }

    /** Says what the index holds, where that has changed. */
    private void look() throws IOException {
      Set<String> tablesNow = tables();
      if (!tablesNow.equals(tables)) {
        Path left = copyOfIndex();
        try (ChunkIndex index = ChunkIndex.open(left, memory)) {
          disk.mark(rowsOf(index, true));
        }
        deleteIndex(left);
        tables = tablesNow;
      }
      Rows now = rowsOf(store.index, false);
      if (!now.rows.equals(seen.rows) || !now.head.equals(seen.head)) {
        disk.mark(now);
        seen = now;
      }
    }

    private static Rows rowsOf(ChunkIndex index, boolean durable) throws IOException {
      Map<ChunkId, ChunkRow> rows = new HashMap<>();
      for (ChunkEntry entry : index.entries(Optional.empty(), Integer.MAX_VALUE)) {
        rows.put(entry.id(), entry.row());
      }
      return new Rows(index.head(), Map.copyOf(rows), durable);
    }

    /** They change when something is flushed. */
    private Set<String> tables() throws IOException {
      try (Stream<Path> files = Files.list(folder.resolve("index"))) {
        Set<String> names = new TreeSet<>();
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".sst") || name.startsWith("MANIFEST"))
            .forEach(names::add);
        return names;
      }
    }

    private Path copyOfIndex() throws IOException {
      while (true) {
        Path copy = Files.createDirectory(folder.resolveSibling("index-left"));
        try (Stream<Path> files = Files.list(folder.resolve("index"))) {
          for (Path file : files.toList()) {
            Files.copy(file, copy.resolve(file.getFileName()));
          }
          return copy;
        } catch (NoSuchFileException e) {
          // RocksDB merged tables meanwhile.
          deleteIndex(copy);
        }
      }
    }

    private static void deleteIndex(Path index) throws IOException {
      try (Stream<Path> files = Files.list(index)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(index);
    }
  }

  private static void check(Program program, RecordingDisk disk, List<Object> said, Random random)
      throws IOException {
    int acknowledged = 0;
    List<Rows> possible = new ArrayList<>();
    for (Object one : said) {
      switch (one) {
        case Acknowledged(int entries) -> acknowledged = entries;
        case Rows rows when rows.durable -> {
          possible.clear();
          possible.add(rows);
        }
        case Rows rows -> possible.add(rows);
        default -> throw new AssertionError(one);
      }
    }
    Rows index = possible.isEmpty() ? NOTHING : possible.get(random.nextInt(possible.size()));
    Found found = new Found();
    try (PackStore packs =
        PackStore.open(
            program.folder, GROUP, program.options.withDisk(disk), index.head.indexed(), found)) {
      for (Map.Entry<ChunkId, ChunkRow> row : index.rows.entrySet()) {
        assertThat(row.getValue()).isInstanceOf(ChunkRow.Stored.class);
        PackLocation location = ((ChunkRow.Stored) row.getValue()).location();
        assertThat(packs.read(location, row.getKey()))
            .isEqualTo(program.contents.get(row.getKey()));
      }
      int applied = (int) Math.max(0, index.head.applied().index());
      for (Entry entry : program.log.subList(Math.min(applied, acknowledged), acknowledged)) {
        for (ChunkBatch.Chunk chunk : entry.batch.chunks()) {
          assertThat(found.records).contains(new FoundRecord(entry.at, chunk.id()));
        }
      }
    }
  }

  /** A record that a start finds again. */
  private record FoundRecord(LogPosition at, ChunkId id) {}

  /** What a start finds. */
  private static final class Found implements RecordVisitor {
    private final Set<FoundRecord> records = new HashSet<>();

    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      records.add(new FoundRecord(at, id));
    }

    @Override
    public void corrupt(CorruptRange range) {
      // A record that was not forced may look like that; what must be there is looked for.
    }
  }
}
