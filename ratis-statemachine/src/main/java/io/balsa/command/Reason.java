package io.balsa.command;

/**
 * Why the catalog rejects a command. Codes are persisted; a number is never used again. The names
 * are those of {@code balsa.v1.ErrorReason}.
 */
public enum Reason {
  /** No dataset of this name. */
  DATASET_NOT_FOUND(1),
  /** The dataset exists. */
  DATASET_EXISTS(2),
  /** The dataset has visible objects or versions. */
  DATASET_NOT_EMPTY(3),
  /** No object at this path. */
  OBJECT_NOT_FOUND(4),
  /** The path has an object: fact {@code revision}. */
  OBJECT_EXISTS(5),
  /** Facts {@code given}, {@code current} (0 where there is no object). */
  REVISION_MISMATCH(6),
  /** Facts {@code given}, {@code current} (empty where there is no object). */
  DIGEST_MISMATCH(7),
  /** No such transaction in this dataset. */
  TRANSACTION_NOT_FOUND(8),
  /** The transaction is published or aborted: fact {@code state}. */
  TRANSACTION_CLOSED(9),
  /** A newer writer took over: facts {@code given}, {@code current}. */
  FENCED(10),
  /** The version exists: fact {@code revision}. */
  VERSION_EXISTS(11),
  /** No version of this name: fact {@code version}. */
  VERSION_NOT_FOUND(12),
  /** The request id named another command. */
  REQUEST_ID_REUSED(13),
  /** Not reached yet, or no longer kept: facts {@code given}, {@code oldest}, {@code current}. */
  REVISION_UNAVAILABLE(14),
  /** A chunk is being deleted, or may have been: fact {@code chunk}. Upload it again. */
  CONDEMNED(15);

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /** The persisted number. */
  public int code() {
    return code;
  }

  /**
   * The reason of a persisted number.
   *
   * @throws IllegalArgumentException for an unknown one
   */
  public static Reason ofCode(int code) {
    for (Reason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new IllegalArgumentException("unknown reason code " + code);
  }
}
