package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.catalog.StateDigest;
import io.balsa.chunk.Disk;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.model.Sha256;
import io.balsa.testing.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages every kind of file in a store's folder. Each time the store is as it was, or as it was
 * after an earlier entry (which its position says, and the log repeats the rest), or the damage is
 * told as corruption: by opening it, by reading it, or by the check of its tables. What it serves
 * is never wrong.
 */
class StoreDamageTest {
  private static final int ENTRIES = 400;
  private static final int FLUSH_EVERY = 80;
  private static final int SEEDS = 12;
  private static final List<String> KINDS =
      List.of("CURRENT", "IDENTITY", "LOG", "MANIFEST-", "OPTIONS-", ".sst");

  @TempDir Path temp;
  private RocksMemory memory;
  private final Map<String, Integer> outcomes = new TreeMap<>();

  @BeforeEach
  void setUp() {
    memory = new RocksMemory(8 << 20, 2 << 20);
  }

  @AfterEach
  void tearDown() {
    memory.close();
  }

  @Test
  void damageIsHarmlessOrSeenWhateverFileItHits() throws Exception {
    Path sound = temp.resolve("sound");
    fill(sound);
    for (String kind : KINDS) {
      for (long seed : Seeds.upTo(SEEDS).toArray()) {
        for (String how : List.of("flip", "cut", "delete")) {
          Path hurt = temp.resolve("hurt");
          copy(sound, hurt);
          damage(hurt, kind, how, new Random(seed));
          String outcome = outcome(hurt, "%s %s -Dseed=%d".formatted(kind, how, seed));
          outcomes.merge(kind + " " + how + ": " + outcome, 1, Integer::sum);
          Disk.real().deleteTree(hurt);
        }
      }
    }
    outcomes.forEach((what, count) -> System.out.println(what + " x" + count));
    // Some of it must really have been damage.
    assertThat(outcomes).containsKeys(".sst delete: corrupt", "CURRENT delete: corrupt");
    assertThat(outcomes.keySet()).noneMatch(what -> what.startsWith(".sst flip: sound"));
    assertThat(outcomes.keySet()).noneMatch(what -> what.startsWith(".sst cut: sound"));
  }

  @Test
  void rotInATableIsToldOnceToWhoeverListensWhenItIsRead() throws Exception {
    Path folder = temp.resolve("index");
    fill(folder);
    // In a table's second block, compacted or not: the first may hold the head, which opening
    // reads.
    flip(files(folder, ".sst").getFirst(), 4_600);
    List<StorageFailure> told = new ArrayList<>();
    try (RocksMemory fresh = new RocksMemory(1 << 20, 1 << 20);
        ChunkIndex index = ChunkIndex.open(folder, fresh, told::add)) {
      for (int i = 1; i <= ENTRIES; i++) {
        try {
          index.get(id(i));
        } catch (StorageFailure e) {
          assertThat(e.isCorruption()).isTrue();
        }
      }
    }
    assertThat(told).hasSize(1);
  }

  /** Serves what is right, or throws an {@link AssertionError}. */
  private static String outcome(Path folder, String what) throws Exception {
    // A cache of its own: that of an earlier run has the blocks as they were.
    try (RocksMemory memory = new RocksMemory(1 << 20, 1 << 20);
        ChunkIndex index = ChunkIndex.open(folder, memory)) {
      long end = index.head().applied().index();
      for (int i = 1; i <= ENTRIES; i++) {
        Optional<ChunkRow> expected =
            i <= end ? Optional.of(new ChunkRow.Stored(location(i))) : Optional.empty();
        assertThat(index.get(id(i))).as(what).isEqualTo(expected);
      }
      int count = 0;
      try (var all = index.entries()) {
        for (; all.hasNext(); count++) {
          all.next();
        }
      }
      assertThat((long) count).as(what).isEqualTo(Math.max(end, 0));
      TableFiles.verify(folder);
      return end == ENTRIES ? "sound" : "earlier";
    } catch (StorageFailure | UncheckedIOException e) {
      assertThat(StorageFailure.corruptionIn(e)).as(what + ": " + e).isPresent();
      return "corrupt";
    }
  }

  private void fill(Path folder) throws StorageFailure {
    try (ChunkIndex index = ChunkIndex.open(folder, memory)) {
      for (int i = 1; i <= ENTRIES; i++) {
        ChunkHead head =
            new ChunkHead(new LogPosition(1, i), new PackPosition(1, i), i, i, StateDigest.ZERO, 0);
        index.commit(
            List.of(
                new ChunkChange(
                    id(i), Optional.empty(), Optional.of(new ChunkRow.Stored(location(i))))),
            head);
        if (i % FLUSH_EVERY == 0) {
          index.flush();
        }
      }
    }
  }

  private static ChunkId id(int i) {
    return new ChunkId(new Sha256(i * 0x9E3779B97F4A7C15L, i, 3, 4));
  }

  private static PackLocation location(int i) {
    return new PackLocation(1, i * 100L, 50, i);
  }

  private static void damage(Path folder, String kind, String how, Random random)
      throws IOException {
    List<Path> files = files(folder, kind);
    Path file = files.get(random.nextInt(files.size()));
    long length = Files.size(file);
    switch (how) {
      case "flip" -> {
        if (length > 0) {
          flip(file, random.nextLong(length));
        }
      }
      case "cut" -> {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
          open.setLength(length == 0 ? 0 : random.nextLong(length));
        }
      }
      default -> Files.delete(file);
    }
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= (byte) (1 << (at % 8));
    Files.write(file, bytes);
  }

  private static List<Path> files(Path folder, String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> isOf(kind, file.getFileName().toString())).sorted().toList();
    }
  }

  private static boolean isOf(String kind, String name) {
    return kind.equals(".sst") ? name.endsWith(kind) : name.startsWith(kind);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
