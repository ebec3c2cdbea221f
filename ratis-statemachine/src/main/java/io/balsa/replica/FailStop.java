package io.balsa.replica;

/**
 * The end of a process that cannot be trusted any more: an error of a disk, a log or an invariant.
 * In production one clear line is logged and the process halts, so that a supervisor starts it
 * again; nothing is retried, since a failed write is indeterminate (Rebello et al., ATC 2020).
 */
@FunctionalInterface
public interface FailStop {
  /**
   * Stops the node. Thread-safe; the first call wins. May return (tests run several nodes in one
   * process), so the caller throws after it.
   *
   * @param what one line: what failed, where
   * @param cause why
   */
  void halt(String what, Throwable cause);
}
