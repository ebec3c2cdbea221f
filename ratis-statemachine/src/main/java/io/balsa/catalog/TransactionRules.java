package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Reason;
import java.util.Optional;

/** How commands on transactions decide. Pure. */
final class TransactionRules {
  private TransactionRules() {}

  static Decision begin(OverlayView view, Command.BeginTransaction command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    long current = dataset.get().epoch();
    // An epoch that was never given is a caller's error, and no better than an old one.
    if (command.epoch().isPresent() && command.epoch().getAsLong() != current) {
      return Refusals.mismatch(Reason.FENCED, command.epoch().getAsLong(), current);
    }
    long id = view.nextRevision();
    view.insert(
        new TransactionRow(
            id,
            dataset.get().id(),
            TransactionRow.State.OPEN,
            current,
            0,
            0,
            view.head().stampMillis()));
    return view.accept(id);
  }

  /** Makes one row say so, whatever was staged: readers resolve staged rows through it. */
  static Decision publish(OverlayView view, Command.PublishTransaction command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    Optional<TransactionRow> transaction = view.transaction(command.transactionId());
    Optional<Decision.Rejected> refused = Refusals.unusable(dataset.get(), transaction);
    if (refused.isPresent()) {
      return refused.get();
    }
    return close(view, transaction.orElseThrow(), TransactionRow.State.PUBLISHED);
  }

  /** Not fenced: whoever takes over may tidy up, and a fenced writer may give up. */
  static Decision abort(OverlayView view, Command.AbortTransaction command) {
    Optional<DatasetRow> dataset = view.dataset(command.dataset());
    if (dataset.isEmpty()) {
      return Refusals.of(Reason.DATASET_NOT_FOUND);
    }
    Optional<TransactionRow> transaction = view.transaction(command.transactionId());
    Optional<Decision.Rejected> refused = Refusals.notOpen(dataset.get(), transaction);
    if (refused.isPresent()) {
      return refused.get();
    }
    return close(view, transaction.orElseThrow(), TransactionRow.State.ABORTED);
  }

  private static Decision close(OverlayView view, TransactionRow open, TransactionRow.State state) {
    long published = state == TransactionRow.State.PUBLISHED ? view.nextRevision() : 0;
    view.replace(
        open,
        new TransactionRow(
            open.id(),
            open.datasetId(),
            state,
            open.epoch(),
            open.staged(),
            published,
            open.createdMillis()));
    return view.accept(0);
  }
}
