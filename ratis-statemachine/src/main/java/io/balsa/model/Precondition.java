package io.balsa.model;

/** What must hold of a path's visible object for a change to happen. */
public sealed interface Precondition {
  /** Nothing must hold. */
  record None() implements Precondition {}

  /** The path has no object. */
  record IfAbsent() implements Precondition {}

  /**
   * The object became visible at this revision.
   *
   * @param revision at least 1
   */
  record IfRevision(long revision) implements Precondition {
    /** Checks the range. */
    public IfRevision {
      Limits.require("precondition.if_revision", revision, 1, Long.MAX_VALUE);
    }
  }

  /**
   * The object has this digest.
   *
   * @param digest of the object's bytes
   */
  record IfDigest(Sha256 digest) implements Precondition {}

  /** Nothing must hold. */
  Precondition NONE = new None();
}
