package io.balsa.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What tests do to folders. */
public final class Folders {
  private Folders() {}

  /**
   * Copies a folder that is in use, as a crash would leave it. Copying takes longer than a crash:
   * where the manifest changed meanwhile, it starts anew.
   */
  public static Path copyLive(Path from, Path to) throws IOException {
    while (true) {
      try {
        String before = manifest(from);
        copy(from, to);
        if (manifest(from).equals(before)) {
          return to;
        }
      } catch (NoSuchFileException e) {
        // A compaction deleted it.
      }
      delete(to);
    }
  }

  /** Which manifest counts, and its length: it only grows. */
  private static String manifest(Path folder) throws IOException {
    String name = Files.readString(folder.resolve("CURRENT")).strip();
    return name + " " + Files.size(folder.resolve(name));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
