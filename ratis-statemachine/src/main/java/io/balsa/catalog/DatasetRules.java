package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Reason;
import java.util.Optional;

/** How commands on datasets decide. Pure. */
final class DatasetRules {
  /**
   * Rows that a look for a visible object may cost. A dataset that is emptied but holds more rows
   * is deleted recursively, or after compaction.
   */
  static final long EMPTY_SCAN_ROWS_MAX = 1_000;

  private DatasetRules() {}

  static Decision create(OverlayView view, Command.CreateDataset command) {
    if (view.dataset(command.dataset()).isPresent()) {
      return Refusals.of(Reason.DATASET_EXISTS);
    }
    long id = view.nextRevision();
    view.insert(new DatasetRow(command.dataset(), id, view.head().stampMillis(), 0));
    return view.accept(0);
  }

  /** The dataset's other rows are out of reach, since no later one gets its id, and are swept. */
  static Decision delete(OverlayView view, Command.DeleteDataset command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    if (!command.recursive() && !isEmpty(view, dataset.get().id())) {
      return Refusals.of(Reason.DATASET_NOT_EMPTY);
    }
    view.remove(dataset.get());
    return view.accept(0);
  }

  static Decision fence(OverlayView view, Command.FenceDataset command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    DatasetRow old = dataset.get();
    long epoch = old.epoch() + 1;
    view.replace(old, new DatasetRow(old.name(), old.id(), old.createdMillis(), epoch));
    return view.accept(epoch);
  }

  /** False where that would take more than the bound to find out. */
  private static boolean isEmpty(OverlayView view, long datasetId) {
    try (CatalogView.Cursor<VersionRow> versions = view.versions(datasetId, "")) {
      if (versions.hasNext()) {
        return false;
      }
    }
    long revision = view.head().revision();
    try (PathWalk walk = new PathWalk(view, datasetId, revision, new byte[0])) {
      while (walk.next()) {
        if (walk.visible().isPresent() || walk.rows() >= EMPTY_SCAN_ROWS_MAX) {
          return false;
        }
      }
    }
    return true;
  }
}
