package io.balsa.client.model;

import java.util.List;

/**
 * An object and its chunks.
 *
 * @param object the object
 * @param chunks in the order of its bytes; none for an empty object
 */
public record ObjectLayout(ObjectStat object, List<ChunkPlacement> chunks) {
  /** Takes a copy. */
  public ObjectLayout {
    chunks = List.copyOf(chunks);
  }
}
