package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.rocks.StorageFailure;
import io.balsa.rocks.TableFiles;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Gives a store up that is not what it should be: marks it as condemned and halts the node, whose
 * next start takes the store from another member. Thread-safe.
 *
 * @param group whose store it is
 * @param folder the store's
 * @param failStop ends the process; may return in tests
 */
record StoreSoundness(GroupName group, Path folder, Disk disk, FailStop failStop) {
  /** Gives the store up, for a reason of one line. */
  void condemn(String reason, Throwable found) {
    try {
      StoreCondemnation.write(disk, folder, reason);
    } catch (IOException e) {
      found.addSuppressed(e);
    }
    failStop.halt("the store of " + group + " is given up: " + reason, found);
  }

  /** Gives the store up for corruption. */
  void condemn(StorageFailure corruption) {
    condemn(String.valueOf(corruption), corruption);
  }

  /**
   * Reads every table in a folder, and gives the store up if one is corrupt.
   *
   * @throws IOException a table is corrupt, the disk failed, or an interrupt came
   */
  void verifyTables(Path tables) throws IOException {
    try {
      TableFiles.verify(tables);
    } catch (StorageFailure e) {
      if (e.isCorruption()) {
        condemn(e);
      }
      throw e;
    }
  }
}
