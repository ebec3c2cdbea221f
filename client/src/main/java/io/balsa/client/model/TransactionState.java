package io.balsa.client.model;

/** What a transaction is. */
public enum TransactionState {
  /** Takes staged changes. */
  OPEN,
  /** Visible. */
  PUBLISHED,
  /** Dropped. */
  ABORTED
}
