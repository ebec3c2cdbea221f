package io.balsa.catalog;

import io.balsa.model.ChunkId;
import io.balsa.model.Limits;

/**
 * Where a chunk lives. Key: chunk id.
 *
 * @param id its name
 * @param group the chunk group that holds it: the first one that was committed
 * @param length bytes
 * @param references object rows that name it, each counted once for each time it names it
 * @param state live as long as there are references
 * @param since of a condemned chunk the stamp of its condemnation, of a chunk that is being deleted
 *     the number of the removal; else 0
 */
public record ChunkRow(ChunkId id, int group, int length, long references, State state, long since)
    implements CatalogRow {

  /** What may become of a chunk; numbers are persisted, but for that of live ones. */
  public enum State {
    /** Named by objects. */
    LIVE(0),
    /** Named by none, and stored: a put that names it makes it live again. */
    CONDEMNED(1),
    /** Given up: its group is to remove it, and no put may name it until it is forgotten. */
    DELETING(2);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** The persisted number. */
    public int code() {
      return code;
    }
  }

  /** Checks. */
  public ChunkRow {
    Limits.require("references", references, 0, Long.MAX_VALUE);
    if ((state == State.LIVE) != (references > 0) || (state == State.LIVE && since != 0)) {
      throw new IllegalArgumentException(
          "chunk with " + references + " references is " + state + " since " + since);
    }
  }

  /** A chunk that objects name. */
  public static ChunkRow live(ChunkId id, int group, int length, long references) {
    return new ChunkRow(id, group, length, references, State.LIVE, 0);
  }

  /** The same chunk with one reference more. */
  ChunkRow referred() {
    return live(id, group, length, references + 1);
  }

  /** The same chunk with one reference less. */
  ChunkRow released(long stampMillis) {
    return references > 1
        ? live(id, group, length, references - 1)
        : new ChunkRow(id, group, length, 0, State.CONDEMNED, stampMillis);
  }

  /** The same chunk, given up. */
  ChunkRow deleting(long removal) {
    return new ChunkRow(id, group, length, references, State.DELETING, removal);
  }
}
