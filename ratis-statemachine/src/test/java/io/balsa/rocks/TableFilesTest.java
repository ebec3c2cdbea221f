package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

class TableFilesTest {
  @TempDir private Path folder;
  private Path table;

  @BeforeEach
  void writeTable() throws RocksDBException {
    RocksDB.loadLibrary();
    table = folder.resolve("000022.sst");
    try (Options options = new Options();
        EnvOptions environment = new EnvOptions();
        SstFileWriter writer = new SstFileWriter(environment, options)) {
      writer.open(table.toString());
      for (int i = 100; i < 999; i++) {
        writer.put(("key-" + i).getBytes(StandardCharsets.UTF_8), new byte[100]);
      }
      writer.finish();
    }
  }

  @Test
  void aSoundTablePassesAndARottenOneIsTold() throws IOException {
    TableFiles.verify(folder);
    rot(table);
    assertThatThrownBy(() -> TableFiles.verify(folder))
        .isInstanceOfSatisfying(
            StorageFailure.class, failure -> assertThat(failure.isCorruption()).isTrue());
  }

  @Test
  void aTableThatIsDroppedMeanwhileCountsForNothing() throws IOException {
    TableFiles.verify(
        folder,
        checked -> {
          rename(checked, checked.resolveSibling("old"));
          TableFiles.check(checked);
        });
    assertThat(table).doesNotExist();
  }

  /** A snapshot renames the old store away, then its own to where that was. */
  @Test
  void aTableWhosePlaceANewStoreTakesIsJudgedByWhatStandsThereThen() throws IOException {
    AtomicBoolean swapped = new AtomicBoolean();
    TableFiles.verify(
        folder,
        checked -> {
          Path next = checked.resolveSibling("next");
          boolean first = swapped.compareAndSet(false, true);
          if (first) {
            rename(checked, next);
          }
          try {
            TableFiles.check(checked);
          } finally {
            if (first) {
              rename(next, checked);
            }
          }
        });
    assertThat(swapped).isTrue();
    assertThat(table).exists();
  }

  private static void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rot(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[50] ^= 1;
    Files.write(file, bytes);
  }
}
