package io.balsa.rocks;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Reads the table files of a store whole, past its caches, and checks every block's checksum. The
 * store may be open and in use. Opening a store looks at its files' sizes only, and a block is
 * checked when it is first read, so rot in a block that nobody reads is found here or never. No
 * state.
 */
public final class TableFiles {
  /** After each file, so that a check is never the disk's main work. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  static {
    NativeLibrary.require();
  }

  private TableFiles() {}

  /** How one table is checked. */
  @FunctionalInterface
  interface Check {
    /** Throws where a table is not what was written, or cannot be read. */
    void of(Path table) throws RocksDBException;
  }

  /**
   * Checks all tables that are there now; those that the store drops meanwhile count for nothing.
   *
   * @param folder the store's
   * @throws StorageFailure a table is corrupt, or could not be read
   * @throws InterruptedIOException after an interrupt
   */
  public static void verify(Path folder) throws StorageFailure, InterruptedIOException {
    verify(folder, TableFiles::check);
  }

  static void verify(Path folder, Check check) throws StorageFailure, InterruptedIOException {
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*.sst")) {
      for (Path table : tables) {
        verifyTable(table, check);
        Thread.sleep(PAUSE);
      }
    } catch (StorageFailure e) {
      throw e;
    } catch (InterruptedException e) {
      throw new InterruptedIOException("while " + folder + " was checked");
    } catch (NoSuchFileException e) {
      // A snapshot takes the store's place just now; its own bytes were checked.
    } catch (IOException e) {
      throw new StorageFailure("cannot list " + folder, e);
    }
  }

  /**
   * A table that fails may be the old store's, while a snapshot takes its place with another one of
   * this name: what stands there then is checked for itself.
   */
  private static void verifyTable(Path table, Check check) throws StorageFailure {
    try {
      check.of(table);
    } catch (RocksDBException first) {
      if (!Files.exists(table)) {
        return;
      }
      try {
        check.of(table);
      } catch (RocksDBException e) {
        if (Files.exists(table)) {
          throw new StorageFailure(table + " fails its check", e);
        }
      }
    }
  }

  static void check(Path table) throws RocksDBException {
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(table.toString());
      reader.verifyChecksum();
    }
  }
}
