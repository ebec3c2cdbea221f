package io.balsa.catalog;

import io.balsa.model.BrokenInvariant;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transactions of object rows. Remembers the last one, since neighbours in a scan were
 * often staged together; so it lives no longer than its view stands still. Not thread-safe.
 */
final class TransactionLookup {
  private final CatalogView view;
  private @Nullable TransactionRow last;

  TransactionLookup(CatalogView view) {
    this.view = view;
  }

  /** True where the row is staged in a transaction that is still open. */
  boolean isOpen(ObjectRow row) {
    return row.transactionId() != 0 && of(row).state() == TransactionRow.State.OPEN;
  }

  /** The revision at which the row became visible; 0 where it did not. */
  long visibleSince(ObjectRow row) {
    if (row.transactionId() == 0) {
      return row.revision();
    }
    TransactionRow transaction = of(row);
    return switch (transaction.state()) {
      case PUBLISHED -> transaction.publishedRevision();
      case OPEN, ABORTED -> 0;
    };
  }

  private TransactionRow of(ObjectRow row) {
    TransactionRow known = last;
    if (known == null || known.id() != row.transactionId()) {
      known =
          view.transaction(row.transactionId())
              .orElseThrow(() -> new BrokenInvariant("a staged row has a transaction: " + row));
      last = known;
    }
    return known;
  }
}
