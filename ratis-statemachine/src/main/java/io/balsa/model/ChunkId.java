package io.balsa.model;

/**
 * Names a chunk by its bytes.
 *
 * @param sha256 the digest of the chunk's bytes
 */
public record ChunkId(Sha256 sha256) implements Comparable<ChunkId> {
  @Override
  public int compareTo(ChunkId other) {
    return sha256.compareTo(other.sha256);
  }

  @Override
  public String toString() {
    return sha256.toString();
  }
}
