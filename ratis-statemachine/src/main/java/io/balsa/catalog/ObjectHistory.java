package io.balsa.catalog;

import io.balsa.model.ObjectPath;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one path's rows, taken newest first, to what a reader at a revision sees.
 *
 * <p>A row is visible from a revision on: its own where it was put directly, its transaction's
 * publish where it was staged, never where the transaction is open or aborted. Of the rows that are
 * visible at the reader's revision, the one that became so last wins; among rows of one
 * transaction, the one staged last.
 *
 * <p>When may the walk stop? Let X be a row without {@code openBelow}: when X was written, every
 * older row was visible already or never will be, so every older row that is ever visible became so
 * before X's revision. A winner found at X or above became visible at X's revision or later. Hence:
 * once there is a winner, nothing from the next row without the mark downwards can beat it. Until
 * there is a winner, no mark stops the walk.
 *
 * <p>Not thread-safe.
 */
final class ObjectHistory {
  private final TransactionLookup transactions;
  private final long revision;
  private @Nullable ObjectRow winner;
  private long winnerSince;

  ObjectHistory(TransactionLookup transactions, long revision) {
    this.transactions = transactions;
    this.revision = revision;
  }

  /** What a reader at a revision sees at a path. */
  static Optional<VisibleObject> at(
      CatalogView view, long datasetId, ObjectPath path, long revision) {
    ObjectHistory history = new ObjectHistory(new TransactionLookup(view), revision);
    try (CatalogView.Cursor<ObjectRow> newestFirst = view.history(datasetId, path)) {
      return history.resolve(newestFirst);
    }
  }

  /** Takes rows until the answer is settled or there are no more. */
  Optional<VisibleObject> resolve(Iterator<ObjectRow> newestFirst) {
    boolean settled = false;
    while (!settled && newestFirst.hasNext()) {
      settled = take(newestFirst.next());
    }
    return visible();
  }

  /** Takes the next older row; true if no row below can change {@link #visible} any more. */
  boolean take(ObjectRow row) {
    // Visible before it was written is impossible, so newer rows than the reader need no lookup.
    long since = row.revision() > revision ? 0 : transactions.visibleSince(row);
    if (since != 0 && since <= revision && since > winnerSince) {
      // Rows of one transaction tie; the newer one came first and stays.
      winner = row;
      winnerSince = since;
    }
    return winner != null && !row.openBelow();
  }

  /** What was found so far; empty for a deletion too. */
  Optional<VisibleObject> visible() {
    ObjectRow found = winner;
    return found == null || found.content().isEmpty()
        ? Optional.empty()
        : Optional.of(new VisibleObject(found, winnerSince));
  }
}
