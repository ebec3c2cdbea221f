package io.balsa.service.grpc;

import io.balsa.catalog.CatalogView;
import io.balsa.catalog.ChunkRow;
import io.balsa.model.ChunkId;

/** Chooses chunk groups. */
final class ChunkPlacement {
  private ChunkPlacement() {}

  /**
   * The group where a chunk is, or else should go: by its name, so that every node chooses alike
   * and the groups fill evenly.
   *
   * @param groups how many there are, at least 1
   */
  static int groupOf(CatalogView view, ChunkId id, int groups) {
    return view.chunk(id)
        .map(ChunkRow::group)
        .orElseGet(() -> 1 + (int) Long.remainderUnsigned(id.sha256().a(), groups));
  }
}
