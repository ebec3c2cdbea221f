package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A snapshot that is made for somebody who fetches it. While it is open, and a while longer, the
 * group's log here is not purged. Close it soon: it keeps files from being freed. One thread.
 */
public final class LentSnapshot implements AutoCloseable {
  private final Disk disk;
  private final Path folder;
  private final Hold hold;
  private final SnapshotSource source;

  private LentSnapshot(Disk disk, Path folder, Hold hold, SnapshotSource source) {
    this.disk = disk;
    this.folder = folder;
    this.hold = hold;
    this.source = source;
  }

  /** What keeps a log from being purged. */
  public interface Hold extends AutoCloseable {
    /** False once the log may have been purged all the same. */
    boolean isHeld();

    @Override
    void close();
  }

  /** Makes the files and lists them. */
  @FunctionalInterface
  public interface Maker {
    /** Does that. */
    SnapshotSource make() throws IOException;
  }

  /**
   * Makes a snapshot; where that fails, the hold is over and no file is left.
   *
   * @param folder a new one for it
   * @param hold on the log behind it; ended here
   */
  public static LentSnapshot make(Disk disk, Path folder, Hold hold, Maker maker)
      throws IOException {
    boolean lent = false;
    try {
      LentSnapshot made = new LentSnapshot(disk, folder, hold, maker.make());
      lent = true;
      return made;
    } finally {
      if (!lent) {
        hold.close();
        deleteIfThere(disk, folder);
        // What a failed checkpoint leaves behind.
        deleteIfThere(disk, folder.resolveSibling(folder.getFileName() + ".tmp"));
      }
    }
  }

  private static void deleteIfThere(Disk disk, Path folder) throws IOException {
    if (disk.exists(folder)) {
      disk.deleteTree(folder);
    }
  }

  /** False once the log here may have been purged behind the snapshot. */
  boolean joinsLog() {
    return hold.isHeld();
  }

  /** What to send. */
  public SnapshotSource source() {
    return source;
  }

  /**
   * Deletes the snapshot's files.
   *
   * @throws IOException some are left; the next start deletes them
   */
  @Override
  public void close() throws IOException {
    hold.close();
    deleteIfThere(disk, folder);
  }
}
