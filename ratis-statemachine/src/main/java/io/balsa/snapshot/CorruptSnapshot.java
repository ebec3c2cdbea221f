package io.balsa.snapshot;

import java.io.IOException;

/**
 * Bytes of a snapshot or its manifest are not what its source had. Nothing of it is used; begin
 * again, perhaps with another source.
 */
public final class CorruptSnapshot extends IOException {
  /** States what was found. */
  public CorruptSnapshot(String found) {
    super(found);
  }
}
