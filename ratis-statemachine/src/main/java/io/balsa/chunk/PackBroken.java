package io.balsa.chunk;

import java.io.IOException;

/**
 * A write or force of a pack failed. What was appended since the last good {@code sync} may or may
 * not be on the disk, and asking again would not tell: the store answers nothing any more, and the
 * node stops. Opening anew finds out what is there.
 */
public final class PackBroken extends IOException {
  /** Keeps the first failure. */
  public PackBroken(Throwable cause) {
    super("a write or force failed; the packs take no further call", cause);
  }
}
