package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.model.LogKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a received snapshot in the place of a live folder, so that after a crash at any moment the
 * live folder is wholly the old one or wholly the new one.
 *
 * <pre>
 *   live            staging complete     nothing has happened
 *   rename live to live.old              from here on it rolls forward
 *   rename staging to live               the new one is in place
 *   delete live.old
 * </pre>
 *
 * <p>Each rename is durable before the next step. Nobody may have a file of the live folder open
 * during {@link #swap} and {@link #recover}. One thread.
 */
public final class SnapshotSwap {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSwap.class);

  private final Disk disk;
  private final Path live;
  private final Path old;
  private final Path staging;
  private final Path parent;

  /** What {@link #recover} found and did. */
  public enum Recovered {
    /** There was no swap to end. */
    NOTHING_TO_DO,
    /** A whole snapshot is staged, and its swap has not begun; it is still there. */
    STAGED,
    /** A swap had begun, and the new folder is in place now. */
    ROLLED_FORWARD,
    /** A swap had begun, but what was staged is not whole: the old folder is in place again. */
    ROLLED_BACK
  }

  /** Works on a live folder, whose parent exists; {@code .old} and {@code .staging} beside it. */
  public SnapshotSwap(Disk disk, Path live) throws IOException {
    this.disk = disk;
    this.live = live.toAbsolutePath();
    this.old = beside(this.live, ".old");
    this.staging = staging(this.live);
    Path above = this.live.getParent();
    if (above == null) {
      throw new IOException("a root folder cannot be swapped");
    }
    this.parent = above;
  }

  /** Where a snapshot for a live folder is received. */
  public static Path staging(Path live) {
    return beside(live.toAbsolutePath(), ".staging");
  }

  /** The snapshot that is staged, if it is whole. */
  public Optional<SnapshotManifest> staged() throws IOException {
    return disk.exists(staging) ? SnapshotMarker.read(disk, staging) : Optional.empty();
  }

  /**
   * Swaps the staged snapshot in; durable on return. Without a live folder it only moves in.
   *
   * @return what is live now
   * @throws CorruptSnapshot nothing whole is staged; nothing was changed
   * @throws IOException {@link #recover} must run before anything else
   */
  public SnapshotManifest swap() throws IOException {
    Optional<SnapshotManifest> staged = staged();
    if (staged.isEmpty()) {
      throw new CorruptSnapshot("no whole snapshot in " + staging);
    }
    if (disk.exists(live)) {
      deleteOld();
      rename(live, old);
    }
    rename(staging, live);
    deleteOld();
    return staged.get();
  }

  /**
   * Ends what a crash interrupted; to be called before the live folder is used. A staging folder
   * that is not a whole snapshot is deleted.
   *
   * @throws IOException call again; each call goes on where the last one failed
   */
  public Recovered recover() throws IOException {
    boolean whole = staged().isPresent();
    Recovered outcome = rename(whole);
    if (!whole && disk.exists(staging)) {
      deleteStaging(disk, staging);
      disk.syncFolder(parent);
    }
    deleteOld();
    if (outcome != Recovered.NOTHING_TO_DO) {
      LOG.atInfo().addKeyValue(LogKeys.FILE, live).log("snapshot swap: {}", outcome);
    }
    return outcome;
  }

  private Recovered rename(boolean stagedIsWhole) throws IOException {
    if (disk.exists(live)) {
      if (disk.exists(old)) {
        // The renames may have been seen but not made durable; old is needed until they are.
        disk.syncFolder(parent);
        return Recovered.ROLLED_FORWARD;
      }
      return stagedIsWhole ? Recovered.STAGED : Recovered.NOTHING_TO_DO;
    }
    if (!disk.exists(old)) {
      return stagedIsWhole ? Recovered.STAGED : Recovered.NOTHING_TO_DO;
    }
    if (stagedIsWhole) {
      rename(staging, live);
      return Recovered.ROLLED_FORWARD;
    }
    rename(old, live);
    return Recovered.ROLLED_BACK;
  }

  /** Deletes a staging folder, its marker first: half of it must never pass for a snapshot. */
  static void deleteStaging(Disk disk, Path staging) throws IOException {
    Path marker = staging.resolve(SnapshotMarker.NAME);
    if (disk.exists(marker)) {
      disk.delete(marker);
      disk.syncFolder(staging);
    }
    disk.deleteTree(staging);
  }

  private void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
    disk.syncFolder(parent);
  }

  private void deleteOld() throws IOException {
    if (disk.exists(old)) {
      disk.deleteTree(old);
      disk.syncFolder(parent);
    }
  }

  private static Path beside(Path live, String suffix) {
    return live.resolveSibling(live.getFileName() + suffix);
  }
}
