package io.balsa.catalog;

/**
 * Stored bytes are not a row that this program wrote: rot, a newer format, or a defect. The row
 * must not be served and must not be rewritten.
 */
public final class UnreadableRow extends RuntimeException {
  /** Says what does not fit. */
  public UnreadableRow(String problem) {
    super(problem);
  }

  /** Says where, and what does not fit. */
  public UnreadableRow(String problem, Throwable cause) {
    super(problem, cause);
  }
}
