package io.balsa.model;

/**
 * One chunk of an object.
 *
 * @param id its name
 * @param length bytes, 1 to {@link Limits#CHUNK_BYTES_MAX}
 * @param group the chunk group that acknowledged it, 1 to {@link Limits#CHUNK_GROUPS_MAX}
 */
public record ChunkRef(ChunkId id, int length, int group) {
  /** Checks the ranges. */
  public ChunkRef {
    Limits.require("chunk.length", length, 1, Limits.CHUNK_BYTES_MAX);
    Limits.require("chunk.group", group, 1, Limits.CHUNK_GROUPS_MAX);
  }
}
