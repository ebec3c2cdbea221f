package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.command.Reason;
import java.util.Map;
import java.util.Optional;

/** Rejections that several rules share. Pure. */
final class Refusals {
  private Refusals() {}

  static Decision.Rejected of(Reason reason) {
    return Decision.Rejected.of(reason, Map.of());
  }

  static Decision.Rejected of(Reason reason, String fact, Object value) {
    return Decision.Rejected.of(reason, Map.of(fact, value.toString()));
  }

  /** Facts {@code given} and {@code current}. */
  static Decision.Rejected mismatch(Reason reason, Object given, Object current) {
    return Decision.Rejected.of(
        reason, Map.of("given", given.toString(), "current", current.toString()));
  }

  /** Why nothing may be staged or published in a transaction of this dataset, if so. */
  static Optional<Decision.Rejected> unusable(
      DatasetRow dataset, Optional<TransactionRow> transaction) {
    Optional<Decision.Rejected> closed = notOpen(dataset, transaction);
    if (closed.isPresent() || transaction.isEmpty()) {
      return closed;
    }
    long epoch = transaction.get().epoch();
    return epoch < dataset.epoch()
        ? Optional.of(mismatch(Reason.FENCED, epoch, dataset.epoch()))
        : Optional.empty();
  }

  /** Why a transaction of this dataset cannot be closed, if so. */
  static Optional<Decision.Rejected> notOpen(
      DatasetRow dataset, Optional<TransactionRow> transaction) {
    if (transaction.isEmpty() || transaction.get().datasetId() != dataset.id()) {
      return Optional.of(of(Reason.TRANSACTION_NOT_FOUND));
    }
    TransactionRow.State state = transaction.get().state();
    return state == TransactionRow.State.OPEN
        ? Optional.empty()
        : Optional.of(of(Reason.TRANSACTION_CLOSED, "state", state));
  }
}
