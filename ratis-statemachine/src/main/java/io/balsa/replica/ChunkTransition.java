package io.balsa.replica;

import io.balsa.catalog.StateDigest;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rows of a chunk group that one entry changes, over those that are there. One thread. */
final class ChunkTransition {
  private final ChunkIndex index;
  private final Map<ChunkId, ChunkChange> made = new LinkedHashMap<>();
  private long removals;

  ChunkTransition(ChunkIndex index) {
    this.index = index;
  }

  /** A row as it is by now. */
  Optional<ChunkRow> row(ChunkId id) throws IOException {
    ChunkChange change = made.get(id);
    return change == null ? index.get(id) : change.after();
  }

  /** Sets a row, or removes it. */
  void set(ChunkId id, Optional<ChunkRow> after) throws IOException {
    ChunkChange change = made.get(id);
    Optional<ChunkRow> before = change == null ? index.get(id) : change.before();
    made.put(id, new ChunkChange(id, before, after));
  }

  /** Carries out a removal. */
  void remove(ChunkBatch.Removal removal) throws IOException {
    for (ChunkId id : removal.ids()) {
      set(id, Optional.empty());
    }
    removals = Math.max(removals, removal.number());
  }

  /** At most one change a chunk. */
  Collection<ChunkChange> changes() {
    return made.values();
  }

  /** The head behind an entry at a position that makes these changes. */
  ChunkHead after(ChunkHead before, LogPosition at) {
    long chunks = before.chunks();
    long bytes = before.bytes();
    StateDigest digest = before.digest();
    for (ChunkChange change : made.values()) {
      if (change.before().isPresent()) {
        chunks--;
        bytes -= change.before().get().length();
        digest = digest.minus(change.before().get().member(change.id()));
      }
      if (change.after().isPresent()) {
        chunks++;
        bytes += change.after().get().length();
        digest = digest.plus(change.after().get().member(change.id()));
      }
    }
    return new ChunkHead(
        at, before.indexed(), chunks, bytes, digest, Math.max(before.removals(), removals));
  }
}
