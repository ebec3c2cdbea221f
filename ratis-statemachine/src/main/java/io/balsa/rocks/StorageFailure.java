package io.balsa.rocks;

import java.io.IOException;

/**
 * The disk, or what is on it, failed. After a failed write or flush nobody knows what of it
 * happened: the process must halt, and the Raft log brings back what is missing.
 */
public final class StorageFailure extends IOException {
  /** Says what does not fit. */
  public StorageFailure(String message) {
    super(message);
  }

  /** Says what was tried, and what came of it. */
  public StorageFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
