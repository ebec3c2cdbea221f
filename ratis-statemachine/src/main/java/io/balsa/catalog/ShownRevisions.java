package io.balsa.catalog;

import java.util.Arrays;

/**
 * The revisions of a dataset that somebody may read: all from the floor on, and those of versions.
 * Of one moment.
 */
final class ShownRevisions {
  private final boolean deleted;
  private final long floor;
  private final long[] versions;

  private ShownRevisions(boolean deleted, long floor, long[] versions) {
    this.deleted = deleted;
    this.floor = floor;
    this.versions = versions;
  }

  /** Costs as many rows as there are datasets, and versions in this one. */
  static ShownRevisions of(CatalogView view, long datasetId) {
    boolean found = false;
    try (CatalogView.Cursor<DatasetRow> datasets = view.datasets("")) {
      while (!found && datasets.hasNext()) {
        found = datasets.next().id() == datasetId;
      }
    }
    long floor = view.head().collection().floor();
    if (!found) {
      return new ShownRevisions(true, floor, new long[0]);
    }
    long[] revisions = new long[16];
    int count = 0;
    try (CatalogView.Cursor<VersionRow> versions = view.versions(datasetId, "")) {
      while (versions.hasNext()) {
        if (count == revisions.length) {
          revisions = Arrays.copyOf(revisions, 2 * count);
        }
        revisions[count++] = versions.next().revision();
      }
    }
    revisions = Arrays.copyOf(revisions, count);
    Arrays.sort(revisions);
    return new ShownRevisions(false, floor, revisions);
  }

  /** No dataset has this id any more: nobody reads anything. */
  boolean isDeleted() {
    return deleted;
  }

  /** Whether somebody may read a revision from {@code from}, included, to {@code to}, excluded. */
  boolean inSpan(long from, long to) {
    if (to > floor) {
      return true;
    }
    int at = Arrays.binarySearch(versions, from);
    int first = at >= 0 ? at : -at - 1;
    return first < versions.length && versions[first] < to;
  }
}
