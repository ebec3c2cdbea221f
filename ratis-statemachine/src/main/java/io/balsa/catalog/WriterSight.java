package io.balsa.catalog;

import io.balsa.model.ObjectPath;
import java.util.Optional;

/**
 * One path as a writer at the head finds it.
 *
 * @param object what the writer's preconditions speak of: its transaction's newest staged row over
 *     what is visible; empty where that is nothing or a deletion
 * @param revision that object's, as {@link io.balsa.model.Precondition.IfRevision} means it: of its
 *     staging where it is the writer's own, else the one at which it became visible; 0 for none
 * @param open some row belongs to an open transaction, be it the writer's own: what the next row's
 *     {@code openBelow} says
 */
record WriterSight(Optional<ObjectRow> object, long revision, boolean open) {

  /**
   * Looks, in one walk.
   *
   * @param transactionId the writer's open transaction; 0 for none
   */
  static WriterSight of(CatalogView view, long datasetId, ObjectPath path, long transactionId) {
    TransactionLookup transactions = new TransactionLookup(view);
    ObjectHistory history = new ObjectHistory(transactions, view.head().revision());
    Optional<ObjectRow> staged = Optional.empty();
    boolean open = false;
    try (CatalogView.Cursor<ObjectRow> newestFirst = view.history(datasetId, path)) {
      // Below the first row without the mark nothing is open: it was not then, and none reopens.
      boolean openEnded = false;
      boolean settled = false;
      while (!(openEnded && settled) && newestFirst.hasNext()) {
        ObjectRow row = newestFirst.next();
        settled = settled || history.take(row);
        if (!openEnded) {
          open |= transactions.isOpen(row);
          if (staged.isEmpty() && transactionId != 0 && row.transactionId() == transactionId) {
            staged = Optional.of(row);
          }
          openEnded = !row.openBelow();
        }
      }
    }
    if (staged.isPresent()) {
      Optional<ObjectRow> object = staged.filter(row -> row.content().isPresent());
      return new WriterSight(object, object.map(ObjectRow::revision).orElse(0L), open);
    }
    Optional<VisibleObject> visible = history.visible();
    return new WriterSight(
        visible.map(VisibleObject::row), visible.map(VisibleObject::revision).orElse(0L), open);
  }
}
