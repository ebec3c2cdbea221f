package io.balsa.command;

import io.balsa.model.ChunkRef;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.Metadata;
import io.balsa.model.Sha256;
import java.util.List;

/**
 * What an object holds.
 *
 * @param size bytes; the sum of the chunks' lengths
 * @param digest of all bytes
 * @param metadata the caller's own facts
 * @param chunks in order; none for an empty object
 */
public record ObjectContent(long size, Sha256 digest, Metadata metadata, List<ChunkRef> chunks) {
  /** Copies and checks; {@link InvalidField} where the parts do not fit each other. */
  public ObjectContent {
    Limits.require("object chunks", chunks.size(), 0, Limits.OBJECT_CHUNKS_MAX);
    chunks = List.copyOf(chunks);
    long sum = 0;
    for (ChunkRef chunk : chunks) {
      sum += chunk.length();
    }
    if (size != sum) {
      throw new InvalidField("size", Long.toString(size), "the sum of the chunks, " + sum);
    }
    // The digest of at most one chunk is known without reading it.
    if (chunks.isEmpty() && !digest.equals(Sha256.OF_NOTHING)) {
      throw new InvalidField("digest", digest.toString(), "SHA-256 of nothing for size 0");
    }
    if (chunks.size() == 1 && !digest.equals(chunks.getFirst().id().sha256())) {
      throw new InvalidField("digest", digest.toString(), "the id of the only chunk");
    }
  }
}
