package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.PackFile;
import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.Folders;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One replica's store against a model of its log, over random writes, removals, truncations,
 * crashes with a torn tail, restarts, rot, lost packs, scrubbing, repair and compaction.
 */
class ChunkStoreModelTest {
  private static final int GROUP = 2;
  private static final int STEPS = 250;
  private static final double DAMAGED_ONLY = 2;
  private static final PackOptions PACKS =
      PackOptions.DEFAULT.withPackBytesMax(4 << 10).withPreallocateBytes(0);

  @TempDir private Path temp;

  /** Twelve seeds of the day, or the one that failed: -Dseed=n. */
  static List<Long> seeds() {
    Long given = Long.getLong("seed");
    List<Long> seeds = given != null ? List.of(given) : new Random().longs(12).boxed().toList();
    System.out.println("ChunkStoreModelTest -Dseed=" + seeds);
    return seeds;
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void theStoreHoldsWhatItsLogSays(long seed) throws Exception {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      new Run(temp, memory, new Random(seed), false).go();
    }
  }

  @ParameterizedTest(name = "-Dseed={0}")
  @MethodSource("seeds")
  void rotAndLostPacksAreFoundAndRepairedAndNeverServed(long seed) throws Exception {
    try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20)) {
      new Run(temp, memory, new Random(seed), true).go();
    }
  }

  private record Entry(LogPosition at, ChunkBatch batch) {}

  private static final class Run {
    private final Path temp;
    private final RocksMemory memory;
    private final Random random;
    private final boolean rots;
    private final Map<ChunkId, ByteBuffer> contents = new TreeMap<>();
    private final List<ChunkId> ids;

    /** The log; entry i has index i + 1. */
    private final List<Entry> log = new ArrayList<>();

    private int applied;
    private int syncedEntries;
    private PackPosition syncedTo = PackPosition.START;
    private long term = 1;
    private boolean rotten;
    private int folders;
    private Path folder;
    private ChunkStore store;
    private ChunkUpkeep upkeep;
    private final StoreSlot<ChunkStore> slot = new StoreSlot<>(GroupName.chunks(GROUP));

    Run(Path temp, RocksMemory memory, Random random, boolean rots) {
      this.temp = temp;
      this.memory = memory;
      this.random = random;
      this.rots = rots;
      for (int i = 0; i < 14; i++) {
        byte[] bytes = new byte[1 + random.nextInt(900)];
        random.nextBytes(bytes);
        contents.put(new ChunkId(Sha256.of(ByteBuffer.wrap(bytes))), ByteBuffer.wrap(bytes));
      }
      ids = List.copyOf(contents.keySet());
    }

    void go() throws Exception {
      folder = temp.resolve("store");
      open();
      for (int step = 0; step < STEPS; step++) {
        step();
        check();
      }
      repairAll();
      check();
      assertThat(upkeep.health().lost()).isZero();
      assertThat(upkeep.health().damagedPacks()).isZero();
      store.close();
    }

    private void step() throws Exception {
      switch (random.nextInt(rots ? 16 : 13)) {
        case 0, 1, 2 -> write();
        case 3, 4, 5 -> apply();
        case 6 -> sync();
        case 7 -> truncate();
        case 8 -> flush();
        case 9 -> crash();
        case 10 -> reopen();
        case 11, 12 -> {
          compact();
          sync(); // It was already, for the sake of what was moved.
        }
        case 13 -> rot();
        case 14 -> losePack();
        default -> repairAll();
      }
    }

    private void write() throws IOException {
      List<ChunkBatch.Chunk> chunks = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        ChunkId id = ids.get(random.nextInt(ids.size()));
        CRC32C crc = new CRC32C();
        crc.update(contents.get(id).duplicate());
        chunks.add(new ChunkBatch.Chunk(id, contents.get(id).remaining(), (int) crc.getValue()));
      }
      List<ChunkId> removed =
          IntStream.range(0, random.nextInt(4))
              .mapToObj(_ -> ids.get(random.nextInt(ids.size())))
              .toList();
      Entry entry =
          new Entry(
              new LogPosition(term, log.size() + 1),
              new ChunkBatch(
                  chunks,
                  List.of(
                      new ChunkBatch.Removal(
                          Math.max(1, log.size() + random.nextInt(8) - 4), removed))));
      log.add(entry);
      deliver(entry);
    }

    /** Ratis does not tell of entries without data. */
    private void deliver(Entry entry) throws IOException {
      if (!entry.batch.chunks().isEmpty()) {
        store.write(
            entry.at,
            entry.batch,
            entry.batch.chunks().stream()
                .map(chunk -> Optional.of(contents.get(chunk.id()).duplicate()))
                .toList());
      }
    }

    private void apply() throws IOException {
      if (applied < log.size()) {
        Entry entry = log.get(applied);
        store.apply(entry.at, entry.batch);
        applied++;
        sync();
      }
    }

    private void flush() throws IOException {
      store.flush();
      sync();
    }

    private void sync() throws IOException {
      syncedTo = store.packs.end();
      store.sync();
      syncedEntries = log.size();
    }

    /** Cuts entries that are not committed; a new leader's come after them. */
    private void truncate() {
      int keep = random.nextInt(applied, log.size() + 1);
      if (keep < log.size()) {
        store.truncate(keep + 1);
        log.subList(keep, log.size()).clear();
        syncedEntries = Math.min(syncedEntries, keep);
        term++;
      }
    }

    private void reopen() throws IOException {
      store.close();
      syncedEntries = log.size();
      open();
    }

    /** Goes on with what the disk holds now, without some of what was not synced. */
    private void crash() throws IOException {
      PackPosition end = store.packs.end();
      Path left = temp.resolve("left-" + folders++);
      copy(left);
      slot.close();
      folder = left;
      List<Entry> lost = List.of();
      if (random.nextBoolean() && syncedTo.compareTo(end) < 0) {
        lost = List.copyOf(log.subList(syncedEntries, log.size()));
        log.subList(syncedEntries, log.size()).clear();
        if (syncedTo.pack() == end.pack()) {
          tear(left.resolve("pack-" + end.pack() + ".pack"), syncedTo.offset());
        }
      }
      syncedEntries = log.size();
      open();
      for (Entry entry : lost) { // The leader sends them again.
        log.add(entry);
        deliver(entry);
      }
    }

    private void tear(Path pack, long from) throws IOException {
      byte[] bytes = Files.readAllBytes(pack);
      int cut = (int) random.nextLong(from, Math.max(from, bytes.length) + 1);
      Files.write(pack, Arrays.copyOf(bytes, cut));
    }

    private void copy(Path target) throws IOException {
      Files.createDirectories(target);
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
      var _ = Folders.copyLive(folder.resolve("index"), target.resolve("index"));
    }

    private void open() throws IOException {
      store = ChunkStore.open(folder, GROUP, PACKS, memory);
      // As a node does before its log is opened.
      store.truncate(log.size() + 1);
      slot.put(store);
      upkeep = new ChunkUpkeep(GroupName.chunks(GROUP), slot, (_, id) -> contents.get(id));
      syncedTo = store.packs.end();
      int known = (int) Math.max(0, store.head().applied().index());
      assertThat(known).isLessThanOrEqualTo(applied);
      applied = known; // Replayed from the log from here on.
    }

    private void compact() throws IOException {
      double share = random.nextDouble();
      upkeep.sealIfWasteful(share);
      Set<Integer> tried = new HashSet<>();
      for (OptionalInt pack = upkeep.wasteful(share);
          pack.isPresent() && tried.add(pack.getAsInt());
          pack = upkeep.wasteful(share)) {
        long offset = 0;
        ChunkUpkeep.MoveStep step;
        do {
          step = upkeep.evacuate(pack.getAsInt(), offset, random.nextInt(1, 2_000));
          offset = step.offset();
        } while (!step.last());
        assertThat(upkeep.discard(pack.getAsInt())).isPresent();
        if (random.nextInt(4) == 0) {
          return;
        }
      }
    }

    private void rot() throws IOException {
      List<PackFile> packs = store.packs.files();
      PackFile pack = packs.get(random.nextInt(packs.size()));
      byte[] bytes = Files.readAllBytes(pack.path());
      bytes[random.nextInt((int) Math.min(pack.bytes(), bytes.length))] ^=
          (byte) (1 << random.nextInt(8));
      Files.write(pack.path(), bytes);
      rotten = true;
    }

    private void losePack() throws IOException {
      List<PackFile> packs = store.packs.files();
      store.close();
      syncedEntries = log.size();
      Files.delete(packs.get(random.nextInt(packs.size())).path());
      rotten = true;
      open();
    }

    /** Applies all, and cares for the store until a scrub finds nothing any more. */
    private void repairAll() throws Exception {
      while (applied < log.size()) {
        apply();
      }
      for (int rounds = 1; scrub() > 0 || upkeep.lost() > 0; rounds++) {
        assertThat(rounds).as("rounds of repair").isLessThan(5);
        restoreLost();
        upkeep.sealIfWasteful(DAMAGED_ONLY);
        for (OptionalInt pack = upkeep.wasteful(DAMAGED_ONLY);
            pack.isPresent();
            pack = upkeep.wasteful(DAMAGED_ONLY)) {
          assertThat(upkeep.discard(pack.getAsInt())).isPresent();
        }
        restoreLost();
      }
      flush();
      rotten = false;
    }

    private void restoreLost() throws Exception {
      for (ChunkId id : upkeep.lost(Optional.empty(), 100)) {
        assertThat(upkeep.restore(id, upkeep.fetch(id))).isTrue();
      }
    }

    /** How many packs are damaged. */
    private int scrub() throws IOException {
      PackPosition at = PackPosition.START;
      ChunkUpkeep.ScrubStep step;
      do {
        step = upkeep.scrub(at, random.nextInt(1, 3_000));
        at = step.next();
      } while (!step.last());
      return upkeep.health().damagedPacks();
    }

    private Set<ChunkId> model() {
      Set<ChunkId> there = new HashSet<>();
      long last = 0;
      for (Entry entry : log.subList(0, applied)) {
        for (ChunkBatch.Removal removal : entry.batch.removals()) {
          if (removal.number() > last) {
            removal.ids().forEach(there::remove);
            last = removal.number();
          }
        }
        entry.batch.chunks().forEach(chunk -> there.add(chunk.id()));
      }
      return there;
    }

    private void check() throws IOException {
      Set<ChunkId> there = model();
      for (ChunkId id : ids) {
        assertThat(store.contains(id)).isEqualTo(there.contains(id));
        try {
          Optional<ByteBuffer> bytes = store.read(id);
          assertThat(bytes)
              .isEqualTo(there.contains(id) ? Optional.of(contents.get(id)) : Optional.empty());
        } catch (CorruptChunk e) {
          assertThat(rotten).as("%s", e).isTrue();
        }
      }
      assertThat(store.head().chunks()).isEqualTo(there.size());
      assertThat(store.head().bytes())
          .isEqualTo(there.stream().mapToLong(id -> contents.get(id).remaining()).sum());
      for (int i = applied; i < log.size(); i++) {
        for (ChunkBatch.Chunk chunk : log.get(i).batch.chunks()) {
          try {
            assertThat(store.readOf(log.get(i).at, chunk.id())).contains(contents.get(chunk.id()));
          } catch (CorruptChunk e) {
            assertThat(rotten).as("%s", e).isTrue();
          }
        }
      }
      assertLiveBytesAreCounted();
    }

    private void assertLiveBytesAreCounted() throws IOException {
      long live = upkeep.health().liveBytes();
      ChunkStore current = store;
      PackUse anew = new PackUse();
      try (var entries = current.index.entries()) {
        while (entries.hasNext()) {
          if (entries.next().row() instanceof ChunkRow.Stored(PackLocation location)) {
            anew.add(location);
          }
        }
      }
      Map<Integer, Long> counted =
          current.packs.files().stream()
              .collect(Collectors.toMap(PackFile::number, pack -> anew.live(pack.number())));
      assertThat(counted.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(live);
    }
  }
}
