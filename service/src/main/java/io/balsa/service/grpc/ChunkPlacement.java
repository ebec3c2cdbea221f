package io.balsa.service.grpc;

import io.balsa.catalog.CatalogView;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.ChunkStanding;
import io.balsa.model.ChunkId;
import io.balsa.service.consensus.ChunkGroup;

/**
 * Where a chunk is or should go, as this node sees it now: advice, since a commit checks anew.
 *
 * @param group the group's number
 * @param present true: the group has it, and it need not be uploaded
 * @param deleting true: it is being deleted, and must not be uploaded yet
 */
record ChunkPlacement(int group, boolean present, boolean deleting) {

  /** Looks in the catalog, and then in this node's replica of the group. */
  static ChunkPlacement of(CatalogView view, ClusterNode.Groups groups, ChunkId id) {
    int group = groupOf(view, id, groups.chunks().size());
    return switch (ChunkStanding.of(view, id, group)) {
      case ChunkStanding.Stored _ -> new ChunkPlacement(group, true, false);
      case ChunkStanding.Deleting() -> new ChunkPlacement(group, false, true);
      case ChunkStanding.Unlisted(long appliedMin) -> {
        ChunkGroup replica = groups.chunks(group);
        boolean isCurrent = replica.appliedIndex() >= appliedMin;
        yield new ChunkPlacement(group, isCurrent && replica.contains(id), false);
      }
    };
  }

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
