package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
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
 *   live            staging complete     nothing is decided: recovery changes nothing
 *   rename staging to live.next          decided: from here on it rolls forward
 *   rename live to live.old
 *   rename live.next to live             the new one is in place
 *   delete live.old
 * </pre>
 *
 * <p>The decision is a step of its own, because whoever decides may lose what the old folder still
 * needs (a Raft log that is purged up to the snapshot) before the swap has happened; and before it,
 * the old folder may get what the snapshot does not have.
 *
 * <p>Each rename is durable before the next step. Nobody may have a file of the live folder open
 * during {@link #swap} and {@link #recover}. One thread at a time.
 */
public final class SnapshotSwap {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSwap.class);

  private final Disk disk;
  private final Path live;
  private final Path old;
  private final Path next;
  private final Path staging;
  private final Path parent;

  /** What {@link #recover} found and did. */
  public enum Recovered {
    /** There was no swap to end. */
    NOTHING_TO_DO,
    /** A swap was decided, and the new folder is in place now. */
    ROLLED_FORWARD,
    /** There was an old folder only: it is in place again. */
    ROLLED_BACK
  }

  /** Works on a live folder; {@code .old}, {@code .next} and {@code .staging} beside it. */
  public SnapshotSwap(Disk disk, Path live) {
    this.disk = disk;
    this.live = live.toAbsolutePath();
    this.old = beside(this.live, ".old");
    this.next = beside(this.live, ".next");
    this.staging = staging(this.live);
    Path above = this.live.getParent();
    if (above == null) {
      throw new IllegalArgumentException("a root folder cannot be swapped");
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

  /** The snapshot that was decided on and is not live yet, if it is whole. */
  public Optional<SnapshotManifest> decided() throws IOException {
    return disk.exists(next) ? SnapshotMarker.read(disk, next) : Optional.empty();
  }

  /** The snapshot from which the live folder came, if it came from one; it has changed since. */
  public Optional<SnapshotManifest> installed() throws IOException {
    return SnapshotMarker.readManifest(disk, live);
  }

  /**
   * Deletes what is staged, whole or not, if it leads no further than a position that the live
   * folder has reached; nothing happens where nothing is.
   */
  public void dropOvertaken(LogPosition reached) throws IOException {
    if (disk.exists(staging)
        && ReceivedSlices.manifest(disk, staging)
            .filter(begun -> begun.position().compareTo(reached) > 0)
            .isEmpty()) {
      dropStaged();
    }
  }

  private void dropStaged() throws IOException {
    if (disk.exists(staging)) {
      deleteStaging(disk, staging);
      disk.syncFolder(parent);
    }
  }

  /**
   * Decides that the staged snapshot goes live; durable on return. The live folder is untouched and
   * may be in use. Takes a rename and a force, whatever the snapshot's size.
   *
   * @return what will be live
   * @throws CorruptSnapshot nothing whole is staged; nothing was changed
   * @throws IOException it may or may not be decided; {@link #recover} must run before anything
   *     else
   */
  public SnapshotManifest decide() throws IOException {
    Optional<SnapshotManifest> staged = staged();
    if (staged.isEmpty()) {
      throw new CorruptSnapshot("no whole snapshot in " + staging);
    }
    ReceivedSlices.delete(disk, staging);
    rename(staging, next);
    return staged.get();
  }

  /**
   * Swaps in the snapshot that was decided on; durable on return. Without a live folder it only
   * moves in.
   *
   * @return what is live now
   * @throws CorruptSnapshot nothing was decided; nothing was changed
   * @throws IOException {@link #recover} must run before anything else
   */
  public SnapshotManifest swap() throws IOException {
    Optional<SnapshotManifest> decided = decided();
    if (decided.isEmpty()) {
      throw new CorruptSnapshot("no whole snapshot in " + next);
    }
    if (disk.exists(live)) {
      deleteOld();
      rename(live, old);
    }
    rename(next, live);
    deleteOld();
    return decided.get();
  }

  /**
   * Ends what a crash interrupted; to be called before the live folder is used. What is only staged
   * stays: a transfer may go on with it.
   *
   * @throws CorruptSnapshot what was decided on is not whole any more: somebody else was at it
   * @throws IOException call again; each call goes on where the last one failed
   */
  public Recovered recover() throws IOException {
    Recovered outcome = Recovered.NOTHING_TO_DO;
    if (disk.exists(next)) {
      swap();
      outcome = Recovered.ROLLED_FORWARD;
    } else if (disk.exists(old) && !disk.exists(live)) {
      // No crash leaves that, but a person may; the old folder is the only one there is.
      rename(old, live);
      outcome = Recovered.ROLLED_BACK;
    } else if (disk.exists(old)) {
      // The renames may have been seen but not made durable; old is needed until they are.
      disk.syncFolder(parent);
      deleteOld();
      outcome = Recovered.ROLLED_FORWARD;
    }
    if (outcome != Recovered.NOTHING_TO_DO) {
      LOG.atInfo().addKeyValue(LogKeys.FILE, live).log("snapshot swap: {}", outcome);
    }
    return outcome;
  }

  /** Deletes what an interrupted swap left beside the live folder, whole or not. */
  public void dropReplacements() throws IOException {
    deleteOld();
    if (disk.exists(next)) {
      deleteStaging(disk, next);
      disk.syncFolder(parent);
    }
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
