package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogWrite;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes leaves a consistent prefix. */
final class KilledProcessTest {
  private static final int ROUNDS = 3;

  @TempDir Path temp;

  @Test
  void aKilledWriterLeavesAConsistentPrefixNotOlderThanItsLastFlush() throws Exception {
    long seed = Long.getLong("seed", 4_711);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Path folder = temp.resolve("catalog-" + round);
      long writes = seed + round;
      long flushedIndex = runAndKill(folder, writes, 1 + random.nextInt(8));
      try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20);
          CatalogStore store = CatalogStore.open(folder, memory);
          CatalogSnapshot view = store.view()) {
        CatalogHead found = store.head();
        assertThat(found.applied().index())
            .as("-Dseed=%d", seed)
            .isGreaterThanOrEqualTo(flushedIndex);
        assertThat(found).as("-Dseed=%d", seed).isEqualTo(replayedTo(found, writes));
        assertThat(view.recomputeDigest()).as("-Dseed=%d", seed).isEqualTo(found.digest());
      }
    }
  }

  private long runAndKill(Path folder, long seed, int flushes)
      throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temp,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long flushedIndex = -1;
    try (BufferedReader reports = writer.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < flushes; i++) {
        String line = reports.readLine();
        assertThat(line).as("the writer ended by itself").isNotNull();
        flushedIndex = Long.parseLong(line);
      }
      // By its handle, which leaves the stream open.
      writer.toHandle().destroyForcibly();
      // What it said after we stopped listening counts as well.
      for (String line = reports.readLine(); line != null; line = reports.readLine()) {
        flushedIndex = Math.max(flushedIndex, whole(line, flushedIndex));
      }
    } finally {
      writer.destroyForcibly();
    }
    return flushedIndex;
  }

  /** A line may be cut by the kill; a part of a number is smaller than the number. */
  private static long whole(String line, long otherwise) {
    return line.isEmpty() ? otherwise : Long.parseLong(line);
  }

  private static CatalogHead replayedTo(CatalogHead found, long seed) {
    RandomCatalog model = new RandomCatalog(seed);
    while (model.head().applied().compareTo(found.applied()) < 0) {
      model.next();
    }
    return model.head();
  }

  /** Writes until it is killed; says the index after each flush. */
  static final class Writer {
    private static final int ENTRIES_A_FLUSH = 150;

    private Writer() {}

    /** Folder and seed. */
    public static void main(String[] args) throws IOException {
      RandomCatalog model = new RandomCatalog(Long.parseLong(args[1]));
      try (RocksMemory memory = new RocksMemory(8 << 20, 2 << 20);
          CatalogStore store = CatalogStore.open(Path.of(args[0]), memory)) {
        while (true) {
          for (int i = 0; i < ENTRIES_A_FLUSH; i++) {
            List<CatalogWrite> writes = model.next();
            store.commit(writes, model.head());
          }
          System.out.println(store.flush().applied().index());
          System.out.flush();
        }
      }
    }
  }
}
