package io.balsa.catalog;

/** The kinds of rows. Codes are persisted and part of every row's hash; none is ever used again. */
public enum Table {
  /** {@link DatasetRow}. */
  DATASETS(1),
  /** {@link ObjectRow}. */
  OBJECTS(2),
  /** {@link TransactionRow}. */
  TRANSACTIONS(3),
  /** {@link VersionRow}. */
  VERSIONS(4),
  /** {@link ChunkRow}. */
  CHUNKS(5),
  /** {@link ReplyRow}. */
  REPLIES(6);

  private final int code;

  Table(int code) {
    this.code = code;
  }

  /** The persisted number, 1 to 255. */
  public int code() {
    return code;
  }
}
