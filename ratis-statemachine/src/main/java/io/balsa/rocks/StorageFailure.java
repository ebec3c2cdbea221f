package io.balsa.rocks;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
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

  /** How RocksDB's text begins for calls that read; those that write begin otherwise. */
  private static final List<String> READS =
      List.of(
          "While pread",
          "While reading file sequentially",
          "While open a file for random read",
          "While opening a file for sequentially reading");

  /** How its text ends where the medium cannot. */
  private static final String MEDIUM_FAILED = "Input/output error";

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

  /**
   * True where the disk could not read a file of the store. That may be for once: whoever reads the
   * files that this {@link #names} again knows whether it lasts. Want of memory or of file handles
   * is not meant.
   */
  public boolean isUnreadable() {
    return unreadable().isPresent();
  }

  /** Whether it is about a file that could not be read. */
  public boolean names(Path file) {
    return unreadable().filter(text -> text.contains("/" + file.getFileName())).isPresent();
  }

  /** What RocksDB said of the file. */
  private Optional<String> unreadable() {
    for (Throwable cause = this; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof RocksDBException
          && text.contains(MEDIUM_FAILED)
          && READS.stream().anyMatch(text::contains)) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
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

  /**
   * True where at the root of a failure a disk refused something; false where a part was closed
   * under whoever used it.
   */
  public static boolean isOfDisk(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof RocksDBException told) {
      Status status = told.getStatus();
      return status != null && status.getCode() == Status.Code.IOError;
    }
    // The JDK makes no class of its own of what the system says about a file that is open.
    return root instanceof FileSystemException || root.getClass() == IOException.class;
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
