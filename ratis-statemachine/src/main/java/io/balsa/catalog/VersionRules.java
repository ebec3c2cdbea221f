package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Reason;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.VersionName;
import java.util.Map;
import java.util.Optional;

/** How commands on versions decide. Pure. */
final class VersionRules {
  private VersionRules() {}

  static Decision create(OverlayView view, Command.CreateVersion command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    long datasetId = dataset.get().id();
    Optional<VersionRow> existing = view.version(datasetId, command.version());
    if (existing.isPresent()) {
      return Refusals.of(Reason.VERSION_EXISTS, "revision", existing.get().revision());
    }
    long newest = view.head().revision();
    long shown = command.revision() == 0 ? newest : command.revision();
    long oldest = Math.max(datasetId, view.head().collection().floor());
    if (shown > newest || shown < oldest) {
      return Decision.Rejected.of(
          Reason.REVISION_UNAVAILABLE,
          Map.of(
              "given", Long.toString(shown),
              "oldest", Long.toString(oldest),
              "current", Long.toString(newest)));
    }
    for (VersionName parent : command.parents()) {
      if (view.version(datasetId, parent).isEmpty()) {
        return Refusals.of(Reason.VERSION_NOT_FOUND, "version", parent);
      }
    }
    view.insert(
        new VersionRow(
            datasetId,
            command.version(),
            shown,
            command.message(),
            command.parents(),
            view.head().stampMillis(),
            Optional.empty()));
    return view.accept(shown);
  }

  static Decision delete(OverlayView view, Command.DeleteVersion command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    Optional<VersionRow> version = view.version(dataset.get().id(), command.version());
    if (version.isEmpty()) {
      return Refusals.of(Reason.VERSION_NOT_FOUND, "version", command.version());
    }
    view.remove(version.get());
    return view.accept(0);
  }

  /**
   * The dataset may be deleted meanwhile; its version row, if it is still there, is sealed all the
   * same, for nobody. Sealing again with the same summary is accepted at the current revision and
   * changes nothing; another summary means that two computations of one immutable content disagree.
   */
  static Decision seal(OverlayView view, Command.SealVersion command) {
    Optional<VersionRow> version = view.version(command.datasetId(), command.version());
    boolean isOther =
        version.isPresent()
            && command.revision() != 0
            && command.revision() != version.get().revision();
    if (version.isEmpty() || isOther) {
      return Refusals.of(Reason.VERSION_NOT_FOUND, "version", command.version());
    }
    VersionRow row = version.get();
    if (row.summary().isPresent()) {
      BrokenInvariant.check(
          row.summary().get().equals(command.summary()),
          "a version has one content",
          row,
          command.summary());
      return new Decision.Accepted(view.head().revision(), 0);
    }
    view.replace(
        row,
        new VersionRow(
            row.datasetId(),
            row.name(),
            row.revision(),
            row.message(),
            row.parents(),
            row.createdMillis(),
            Optional.of(command.summary())));
    return view.accept(0);
  }
}
