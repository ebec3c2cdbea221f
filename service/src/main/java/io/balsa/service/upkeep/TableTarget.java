package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import java.io.IOException;

/**
 * The RocksDB files of a replica: RocksDB reads them all at once.
 *
 * @param group whose
 * @param size asks for their bytes
 * @param check reads them all, and throws {@link io.balsa.rocks.StorageFailure} if one is damaged
 */
record TableTarget(GroupName group, Size size, Check check) implements ScrubTarget {
  /** Asks for bytes. */
  @FunctionalInterface
  interface Size {
    long bytes() throws IOException;
  }

  /** Reads and compares. */
  @FunctionalInterface
  interface Check {
    void run() throws IOException;
  }

  @Override
  public String name() {
    return group + "/tables";
  }

  @Override
  public long bytes() throws IOException {
    return size.bytes();
  }

  @Override
  public Step step(Cursor from, long bytesMax) throws IOException {
    long bytes = size.bytes();
    check.run();
    return new Step(Cursor.START, bytes, 0, true);
  }
}
