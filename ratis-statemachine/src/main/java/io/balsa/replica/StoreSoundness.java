package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.GroupName;
import io.balsa.rocks.StorageFailure;
import io.balsa.rocks.TableFiles;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Gives a store up that is not what it should be: marks it as condemned and halts the node, whose
 * next start takes the store from another member. A store that the disk goes on failing to read is
 * damaged like a corrupt one; a read that fails for once only halts the node. Thread-safe.
 *
 * @param group whose store it is
 * @param folder the store's
 * @param failStop ends the process; may return in tests
 */
record StoreSoundness(GroupName group, Path folder, Disk disk, FailStop failStop) {
  private static final int STEP_BYTES = 1 << 20;

  /** Gives the store up, for a reason of one line. */
  void condemn(String reason, Throwable found) {
    try {
      StoreCondemnation.write(disk, folder, reason);
    } catch (IOException e) {
      found.addSuppressed(e);
    }
    failStop.halt("the store of " + group + " is given up: " + reason, found);
  }

  /**
   * Judges a failure of the open store that is corruption or an unreadable file: it is given up, or
   * the node halts at least, since the next read may fail as well.
   *
   * @param tables the folder with RocksDB's files
   */
  void met(StorageFailure found, Path tables) {
    if (!condemnIfDamaged(found, tables)) {
      failStop.halt("the disk failed to read the store of " + group, found);
    }
  }

  /**
   * Gives the store up if a failure tells of corruption, or of files that cannot be read again
   * either.
   *
   * @param tables the folder with RocksDB's files
   */
  boolean condemnIfDamaged(StorageFailure found, Path tables) {
    boolean damaged = isDamage(disk, found, tables);
    if (damaged) {
      condemn(describe(found), found);
    }
    return damaged;
  }

  /**
   * Whether a failure tells of corruption, or of files that cannot be read again either; reads
   * those.
   *
   * @param tables the folder with RocksDB's files
   */
  static boolean isDamage(Disk disk, StorageFailure found, Path tables) {
    return found.isCorruption() || (found.isUnreadable() && isLasting(disk, found, tables));
  }

  /** Past RocksDB, whose own words are all that it tells of the first time. */
  private static boolean isLasting(Disk disk, StorageFailure found, Path tables) {
    ByteBuffer step = ByteBuffer.allocate(STEP_BYTES);
    try {
      for (Path path : disk.list(tables)) {
        if (found.names(path)) {
          readWhole(disk, path, step);
        }
      }
      return false;
    } catch (UnreadableFile e) {
      return true;
    } catch (IOException e) {
      found.addSuppressed(e);
      return false;
    }
  }

  private static void readWhole(Disk disk, Path path, ByteBuffer step) throws IOException {
    try (DiskFile file = disk.openToRead(path)) {
      for (long at = 0; file.read(step.clear(), at) == STEP_BYTES; at += STEP_BYTES) {
        // Whether it can be read is all that counts.
      }
    } catch (NoSuchFileException e) {
      // The store has dropped it.
    }
  }

  /** One line, with what RocksDB said. */
  static String describe(StorageFailure found) {
    return found.getCause() == null
        ? found.toString()
        : found.getMessage() + ": " + found.getCause();
  }

  /**
   * Reads every table in a folder, and gives the store up if one is damaged.
   *
   * @throws IOException a table is corrupt or could not be read, or an interrupt came
   */
  void verifyTables(Path tables) throws IOException {
    try {
      TableFiles.verify(tables);
    } catch (StorageFailure e) {
      var _ = condemnIfDamaged(e, tables);
      throw e;
    }
  }
}
