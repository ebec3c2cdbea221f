package io.balsa.catalog;

/**
 * A transaction. Key: id.
 *
 * @param id the revision at which it began
 * @param datasetId the dataset's incarnation
 * @param state open, published or aborted
 * @param epoch the writer's fencing epoch
 * @param staged rows that were staged and are still there
 * @param publishedRevision 0 unless published
 * @param createdMillis the entry's stamp, for display and expiry
 */
public record TransactionRow(
    long id,
    long datasetId,
    State state,
    long epoch,
    long staged,
    long publishedRevision,
    long createdMillis)
    implements CatalogRow {

  /** The same, with one row less that was staged in it. */
  TransactionRow withOneLess() {
    return new TransactionRow(
        id, datasetId, state, epoch, staged - 1, publishedRevision, createdMillis);
  }

  /** A transaction's life; numbers are persisted. */
  public enum State {
    /** Takes staged objects. */
    OPEN(1),
    /** Visible. */
    PUBLISHED(2),
    /** Dropped. */
    ABORTED(3);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** The persisted number. */
    public int code() {
      return code;
    }
  }
}
