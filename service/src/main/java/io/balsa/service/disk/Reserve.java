package io.balsa.service.disk;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file that keeps space back. A node that starts on a full disk gives it up, since opening
 * replicas takes space; it is made again when there is plenty. For one thread at a time.
 */
public final class Reserve {
  private static final int STEP_BYTES = 1 << 20;
  private static final int DISK_PARTS = 64;

  private final Path path;
  private final Disk disk;
  private final long bytes;

  /**
   * Makes no file yet.
   *
   * @param bytesMax 0 for none
   * @param diskBytes of which it takes a 64th at most
   */
  public Reserve(Path path, Disk disk, long bytesMax, long diskBytes) {
    this.path = path;
    this.disk = disk;
    this.bytes = Math.min(bytesMax, diskBytes / DISK_PARTS) / STEP_BYTES * STEP_BYTES;
  }

  /** Bytes that it keeps when it is made. */
  public long bytes() {
    return bytes;
  }

  /** True where it is there, or none is wanted. */
  public boolean isHeld() {
    return bytes == 0 || disk.exists(path);
  }

  /** Frees the space. */
  public void giveUp() throws IOException {
    if (disk.exists(path)) {
      disk.delete(path);
    }
  }

  /**
   * Takes the space. Written with bytes, as a file with holes keeps nothing back.
   *
   * @throws IOException nothing is kept
   */
  public void make() throws IOException {
    Path unborn = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    try {
      try (DiskFile file = disk.create(unborn)) {
        for (long at = 0; at < bytes; at += STEP_BYTES) {
          file.write(ByteBuffer.allocate(STEP_BYTES), at);
        }
      }
      disk.rename(unborn, path);
    } catch (IOException e) {
      disk.delete(unborn);
      throw e;
    }
  }
}
