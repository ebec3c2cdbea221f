package io.balsa.rocks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library, once a process. The library comes out of its jar as a file of 17
 * MB in the temporary folder, which RocksDB removes when the JVM ends well; a node that is killed
 * again and again would fill the disk. So the file goes as soon as it is loaded.
 */
final class NativeLibrary {
  static {
    try {
      load();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load RocksDB's native library", e);
    }
  }

  private NativeLibrary() {}

  /** Returns when it is loaded. */
  static void require() {
    // The class is initialized by now.
  }

  private static void load() throws IOException {
    Path folder = Files.createTempDirectory("balsa-rocksdb");
    try {
      NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      RocksDB.loadLibrary();
    } finally {
      try (var files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
