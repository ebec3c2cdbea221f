package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The file beside a store, {@code <store folder>.condemned}, that says that the store must not be
 * opened again and why, in one line of UTF-8. It stays until the store was built anew. No state.
 */
public final class StoreCondemnation {
  private static final String SUFFIX = ".condemned";
  private static final int REASON_BYTES_MAX = 4_096;

  private StoreCondemnation() {}

  /**
   * Condemns a store; durable on return. The first reason stays.
   *
   * @param reason one line
   */
  public static void write(Disk disk, Path storeFolder, String reason) throws IOException {
    Path mark = markOf(storeFolder);
    if (disk.exists(mark)) {
      return;
    }
    Path folder = Objects.requireNonNull(mark.getParent(), "a store has a parent folder");
    Path unborn = mark.resolveSibling(mark.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(reason.strip() + "\n");
    try (DiskFile file = disk.create(unborn)) {
      file.write(bytes.limit(Math.min(bytes.limit(), REASON_BYTES_MAX)), 0);
      file.sync();
    }
    disk.rename(unborn, mark);
    disk.syncFolder(folder);
  }

  /** Why a store is condemned; empty where it is not. */
  public static Optional<String> read(Disk disk, Path storeFolder) throws IOException {
    Path mark = markOf(storeFolder);
    if (!disk.exists(mark)) {
      return Optional.empty();
    }
    try (DiskFile file = disk.openToRead(mark)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), REASON_BYTES_MAX));
      var _ = file.read(bytes, 0);
      return Optional.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip());
    }
  }

  private static Path markOf(Path storeFolder) {
    Path absolute = storeFolder.toAbsolutePath();
    return absolute.resolveSibling(absolute.getFileName() + SUFFIX);
  }
}
