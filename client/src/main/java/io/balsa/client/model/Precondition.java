package io.balsa.client.model;

/** What must hold for a change to happen, checked where the change is applied. */
public sealed interface Precondition {
  /** The path has no object. */
  record IfAbsent() implements Precondition {}

  /**
   * The path's object became visible at this revision.
   *
   * @param revision 1 and up
   */
  record IfRevision(long revision) implements Precondition {
    /** Checks the range. */
    public IfRevision {
      if (revision < 1) {
        throw new IllegalArgumentException("revision=" + revision + ", want >= 1");
      }
    }
  }

  /**
   * The path's object has this digest.
   *
   * @param digest SHA-256 of its bytes
   */
  record IfDigest(Sha256 digest) implements Precondition {}
}
