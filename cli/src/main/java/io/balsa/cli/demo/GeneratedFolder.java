package io.balsa.cli.demo;

import io.balsa.cli.transfer.FoundFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;

/**
 * Makes a folder whose bytes no store has yet: files of pseudo-random bytes from a seed, and copies
 * of small real files.
 */
final class GeneratedFolder {
  private static final int SMALL_FILES_MAX = 500;
  private static final long SMALL_BYTES_MAX = 64 << 10;

  private GeneratedFolder() {}

  /**
   * Writes it.
   *
   * @param folder is made
   * @param real files whose small ones are copied
   */
  static void write(Path folder, long seed, DemoOptions.Limits limits, List<FoundFile> real)
      throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(seed);
    byte[] bytes = new byte[limits.generatedFileBytes()];
    for (int i = 0; i < limits.generatedFiles(); i++) {
      random.nextBytes(bytes);
      Files.write(folder.resolve(String.format("random-%04d.bin", i)), bytes);
    }
    Path small = Files.createDirectories(folder.resolve("small"));
    int copied = 0;
    for (FoundFile file : real) {
      if (copied < SMALL_FILES_MAX && file.size() <= SMALL_BYTES_MAX) {
        Path to = small.resolve(copied + "-" + file.file().getFileName());
        // The copy is a file of its own, also where the real one is a link.
        Files.copy(file.file(), to, StandardCopyOption.REPLACE_EXISTING);
        copied++;
      }
    }
  }
}
