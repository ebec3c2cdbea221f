package io.balsa.command;

/**
 * Bytes of the log, or of an answer to it, that this build does not know: a newer version or kind,
 * an unknown field, a value outside of its limits. A replica that meets one stops and is upgraded;
 * it never skips, because the others may have applied what it cannot read.
 */
public final class UnreadableEntry extends RuntimeException {
  /** States what is not known. */
  public UnreadableEntry(String problem) {
    super(problem);
  }

  /** States what is not known, and how that was noticed. */
  public UnreadableEntry(String problem, Throwable cause) {
    super(problem, cause);
  }
}
