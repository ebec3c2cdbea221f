package io.balsa.client.model;

/**
 * One chunk of an object, and where it is.
 *
 * @param id SHA-256 of its bytes
 * @param length 1 to 16,777,216 bytes
 * @param group the chunk group that acknowledged it, 1 and up
 */
public record ChunkPlacement(Sha256 id, int length, int group) {
  /** Checks the ranges. */
  public ChunkPlacement {
    if (length < 1 || length > 16 << 20) {
      throw new IllegalArgumentException("length=" + length + ", want 1 to 16777216");
    }
    if (group < 1) {
      throw new IllegalArgumentException("group=" + group + ", want >= 1");
    }
  }
}
