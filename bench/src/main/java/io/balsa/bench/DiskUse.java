package io.balsa.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How much is in a folder that others change meanwhile. */
final class DiskUse {
  private DiskUse() {}

  /** The sizes of all files below a folder, a file of several names once; 0 for no folder. */
  static long bytes(Path folder) throws IOException {
    Sum sum = new Sum();
    if (Files.isDirectory(folder)) {
      Files.walkFileTree(folder, sum);
    }
    return sum.bytes;
  }

  /**
   * What a folder takes of its disk: not the same where files have holes or room reserved.
   *
   * @throws IOException if the program {@code du} does not tell
   */
  static long allocatedBytes(Path folder) throws IOException, InterruptedException {
    Process du =
        new ProcessBuilder("du", "-s", "--block-size=1", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // Files that vanish meanwhile make it complain, and tell the sum all the same.
    if (!du.waitFor(60, TimeUnit.SECONDS) || !said.matches("(?s)\\d+\\s.*")) {
      throw new IOException("du " + folder + " said: " + said);
    }
    return Long.parseLong(said.split("\\s", 2)[0]);
  }

  private static final class Sum extends SimpleFileVisitor<Path> {
    private final Set<Object> seen = new HashSet<>();
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      Object key = attributes.fileKey();
      if (key == null || seen.add(key)) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException vanished) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException vanished) {
      return FileVisitResult.CONTINUE;
    }
  }
}
