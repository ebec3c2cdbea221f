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
  private final LogHold.Lease hold;
  private final SnapshotSource source;

  private LentSnapshot(Disk disk, Path folder, LogHold.Lease hold, SnapshotSource source) {
    this.disk = disk;
    this.folder = folder;
    this.hold = hold;
    this.source = source;
  }

  /** Makes the files and lists them. */
  @FunctionalInterface
  interface Maker {
    SnapshotSource make() throws IOException;
  }

  /**
   * Makes a snapshot; where that fails, the hold is over and no file is left.
   *
   * @param home a new folder for it
   * @param hold on the log
   */
  static LentSnapshot make(GroupStateMachine.Home home, LogHold.Lease hold, Maker maker)
      throws IOException {
    boolean lent = false;
    try {
      LentSnapshot made = new LentSnapshot(home.disk(), home.folder(), hold, maker.make());
      lent = true;
      return made;
    } finally {
      if (!lent) {
        hold.close();
        deleteIfThere(home.disk(), home.folder());
        // What a failed checkpoint leaves behind.
        Path unborn = home.folder().resolveSibling(home.folder().getFileName() + ".tmp");
        deleteIfThere(home.disk(), unborn);
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
