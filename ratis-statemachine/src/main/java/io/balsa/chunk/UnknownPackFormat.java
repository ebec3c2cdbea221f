package io.balsa.chunk;

import java.io.IOException;

/**
 * Intact bytes of a format that this build does not know, most likely because a newer one wrote
 * them. Nothing was changed; run the newer build.
 */
public final class UnknownPackFormat extends IOException {
  /** States what was found. */
  public UnknownPackFormat(String found) {
    super(found);
  }
}
