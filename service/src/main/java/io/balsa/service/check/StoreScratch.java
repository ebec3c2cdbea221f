package io.balsa.service.check;

import io.balsa.chunk.Disk;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A stand-in for a RocksDB folder that may be opened as usual, which writes to it: symbolic links
 * to the tables, which RocksDB never writes to, and copies of the small files beside them. Gone
 * when it is closed.
 */
final class StoreScratch implements AutoCloseable {
  private static final String TABLE = ".sst";

  private final Path store;
  private final Path folder;

  private StoreScratch(Path store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  /** Makes one in the system's folder for temporary files. */
  static StoreScratch of(Path store) throws IOException {
    StoreScratch scratch = new StoreScratch(store, Files.createTempDirectory("balsa-check-"));
    boolean made = false;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(store)) {
      for (Path file : files) {
        Path second = scratch.folder.resolve(file.getFileName());
        if (file.getFileName().toString().endsWith(TABLE)) {
          Files.createSymbolicLink(second, file.toAbsolutePath());
        } else if (Files.isRegularFile(file)) {
          Files.copy(file, second);
        }
      }
      made = true;
      return scratch;
    } finally {
      if (!made) {
        scratch.close();
      }
    }
  }

  Path folder() {
    return folder;
  }

  /**
   * To be asked once a store was open on it: the first table that RocksDB did not name, and so
   * dropped here. Empty where it dropped none, or has written tables of its own.
   */
  Optional<Path> unnamed() throws IOException {
    Optional<Path> unnamed = Optional.empty();
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(store, "*" + TABLE)) {
      for (Path table : tables) {
        Path second = folder.resolve(table.getFileName());
        if (!Files.exists(second, LinkOption.NOFOLLOW_LINKS)) {
          unnamed = Optional.of(table);
        }
      }
    }
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*" + TABLE)) {
      for (Path table : tables) {
        if (!Files.isSymbolicLink(table)) {
          return Optional.empty();
        }
      }
    }
    return unnamed;
  }

  /** Notes a table that nothing names. */
  void noteUnnamed(Findings findings) throws IOException {
    Optional<Path> table = unnamed();
    if (table.isPresent()) {
      findings.note(
          table.get(),
          "the MANIFEST beside it does not name it: a crash left it, or the MANIFEST lost its end");
    }
  }

  /** A failure to read the stand-in, as one to read the store. */
  String words(Throwable failure) {
    return Findings.words(failure).replace(folder.toString(), store.toString());
  }

  @Override
  public void close() throws IOException {
    Disk.real().deleteTree(folder);
  }
}
