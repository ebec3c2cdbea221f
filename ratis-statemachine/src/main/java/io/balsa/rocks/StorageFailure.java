package io.balsa.rocks;

import java.io.IOException;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * The disk, or what is on it, failed. After a failed write or flush nobody knows what of it
 * happened: the process must halt, and the Raft log brings back what is missing.
 */
public final class StorageFailure extends IOException {
  /** How RocksDB's text for a file that is gone ends, which it counts as an error of the disk. */
  private static final String FILE_IS_GONE = "No such file or directory";

  private final boolean corruption;

  /** Says what does not fit. */
  public StorageFailure(String message) {
    this(message, false);
  }

  /** Says what was tried, and what came of it. */
  public StorageFailure(String message, Throwable cause) {
    super(message, cause);
    corruption = isCorruption(cause);
  }

  private StorageFailure(String message, boolean corruption) {
    super(message);
    this.corruption = corruption;
  }

  /**
   * Says which write failed, and how. Here a name that is gone is the disk's failure: it was to be
   * made, and nothing that was stored is known to be lost.
   */
  static StorageFailure ofWrite(String message, RocksDBException cause) {
    StorageFailure failure = new StorageFailure(message, hasCorruptionCode(cause));
    failure.initCause(cause);
    return failure;
  }

  /** What is stored is not what was written: reading it again, or a restart, does not help. */
  public static StorageFailure corruption(String message) {
    return new StorageFailure(message, true);
  }

  /**
   * True where the store's files are damaged or gone, so that only another replica has what was in
   * them. False where the disk failed, which may be for once: a restart tells.
   */
  public boolean isCorruption() {
    return corruption;
  }

  /** The corruption among what led to a failure; empty if there is none. */
  public static Optional<StorageFailure> corruptionIn(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StorageFailure failure && failure.corruption) {
        return Optional.of(failure);
      }
    }
    return Optional.empty();
  }

  private static boolean isCorruption(Throwable cause) {
    return cause instanceof RocksDBException told
        ? isCorruption(told)
        : corruptionIn(cause).isPresent();
  }

  private static boolean isCorruption(RocksDBException told) {
    return String.valueOf(told.getMessage()).contains(FILE_IS_GONE) || hasCorruptionCode(told);
  }

  private static boolean hasCorruptionCode(RocksDBException told) {
    Status status = told.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }
}
