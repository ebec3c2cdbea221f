package io.balsa.catalog;

import io.balsa.command.Upkeep;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.VersionName;
import java.util.Optional;

/**
 * Removes those rows of a dataset that a command names and nobody can see. For the command at hand;
 * not thread-safe.
 *
 * <p>A row is visible from the revision at which it became so up to that at which the next row of
 * its path did. Nobody can see it where no version shows a revision in between, and the next row
 * became visible at the floor or below. The command names that next row, or any later one, so that
 * nobody needs to look for it: a later one only makes the span wider.
 */
final class RowSweep {
  /** Rows of a path that a look for what a deletion hides may cost. */
  static final int HIDDEN_SCAN_ROWS_MAX = 64;

  private final OverlayView view;
  private final long datasetId;
  private final ShownRevisions shown;

  RowSweep(OverlayView view, long datasetId) {
    this.view = view;
    this.datasetId = datasetId;
    this.shown = ShownRevisions.of(view, datasetId);
  }

  /** How many rows went. */
  long sweep(Upkeep.SweepRows command) {
    long removed = 0;
    for (Upkeep.ObjectSweep named : command.objects()) {
      Optional<ObjectRow> row = view.object(datasetId, named.path(), named.revision());
      if (row.isPresent() && isGarbage(row.get(), named.successor())) {
        remove(row.get());
        removed++;
      }
    }
    for (VersionName name : command.versions()) {
      Optional<VersionRow> version = view.version(datasetId, name);
      if (version.isPresent() && shown.isDeleted()) {
        view.remove(version.get());
        removed++;
      }
    }
    for (long id : command.transactions()) {
      Optional<TransactionRow> transaction = view.transaction(id);
      if (transaction.isPresent() && isOver(transaction.get())) {
        view.remove(transaction.get());
        removed++;
      }
    }
    return removed;
  }

  private boolean isGarbage(ObjectRow row, long successor) {
    if (shown.isDeleted()) {
      return true;
    }
    // New for each row: the rows between two may change a transaction's.
    TransactionLookup transactions = new TransactionLookup(view);
    if (transactions.isOpen(row)) {
      return false;
    }
    long since = transactions.visibleSince(row);
    if (since == 0) {
      return true;
    }
    if (successor == 0) {
      return row.content().isEmpty() && !hides(row, since);
    }
    Optional<ObjectRow> next = view.object(datasetId, row.path(), successor);
    if (next.isEmpty()) {
      return false;
    }
    long until = transactions.visibleSince(next.get());
    if (until == since) {
      // Of one transaction: the later one was all that was ever seen.
      return next.get().revision() > row.revision();
    }
    return until > since && !shown.inSpan(since, until);
  }

  /** True where a deletion has something to hide, or that would take too long to find out. */
  private boolean hides(ObjectRow deletion, long since) {
    TransactionLookup transactions = new TransactionLookup(view);
    int looked = 0;
    try (CatalogView.Cursor<ObjectRow> history = view.history(datasetId, deletion.path())) {
      while (history.hasNext()) {
        ObjectRow row = history.next();
        if (++looked > HIDDEN_SCAN_ROWS_MAX) {
          return true;
        }
        long other = transactions.visibleSince(row);
        if (other != 0 && other <= since && row.revision() != deletion.revision()) {
          return true;
        }
      }
    }
    return false;
  }

  private void remove(ObjectRow row) {
    view.remove(row);
    row.content().ifPresent(content -> ChunkRules.release(view, content.chunks()));
    if (row.transactionId() != 0) {
      TransactionRow transaction =
          view.transaction(row.transactionId())
              .orElseThrow(() -> new BrokenInvariant("a staged row has a transaction: " + row));
      view.replace(transaction, transaction.withOneLess());
    }
  }

  /** Its rows lead to it, so it stays as long as they do; and until its writer has surely gone. */
  private boolean isOver(TransactionRow transaction) {
    boolean isSettled =
        transaction.state() != TransactionRow.State.OPEN
            && transaction.id() < view.head().collection().floor();
    return transaction.datasetId() == datasetId
        && transaction.staged() == 0
        && (shown.isDeleted() || isSettled);
  }
}
