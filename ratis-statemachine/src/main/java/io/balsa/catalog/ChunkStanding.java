package io.balsa.catalog;

import io.balsa.model.ChunkId;
import java.util.Optional;

/**
 * What a catalog says of a chunk in a group that somebody is about to name, or to upload: whether
 * the group has it, or who is to be asked. The view may be out of date: {@link
 * CollectionState#removals} of the same view goes with the put, and the transition refuses what was
 * overtaken. Pure.
 */
public sealed interface ChunkStanding {
  /**
   * The group has it.
   *
   * @param length bytes
   */
  record Stored(int length) implements ChunkStanding {}

  /** It was given up; soon it is not there. */
  record Deleting() implements ChunkStanding {}

  /**
   * The catalog does not know it; a replica of the group does.
   *
   * @param appliedMin the index that this replica must have applied, or it may show what is gone
   */
  record Unlisted(long appliedMin) implements ChunkStanding {}

  /** The standing of a chunk in a group. */
  static ChunkStanding of(CatalogView view, ChunkId id, int group) {
    Optional<ChunkRow> row = view.chunk(id);
    if (row.isPresent() && row.get().state() == ChunkRow.State.DELETING) {
      return new Deleting();
    }
    return row.isPresent() && row.get().group() == group
        ? new Stored(row.get().length())
        : new Unlisted(view.head().collection().removedThrough(group));
  }
}
