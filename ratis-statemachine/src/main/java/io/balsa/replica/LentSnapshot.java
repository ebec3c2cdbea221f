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

  LentSnapshot(Disk disk, Path folder, LogHold.Lease hold, SnapshotSource source) {
    this.disk = disk;
    this.folder = folder;
    this.hold = hold;
    this.source = source;
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
    if (disk.exists(folder)) {
      disk.deleteTree(folder);
    }
  }
}
