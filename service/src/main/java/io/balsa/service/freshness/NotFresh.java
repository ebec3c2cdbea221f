package io.balsa.service.freshness;

/**
 * A freshness that was asked for could not be proven. Nothing is wrong with the replica's state but
 * its age; the caller may ask another node, a weaker level, or again.
 */
public final class NotFresh extends Exception {
  /** Says what was not proven. */
  public NotFresh(String message) {
    super(message);
  }

  /** Says what was not proven, and why. */
  public NotFresh(String message, Throwable cause) {
    super(message, cause);
  }
}
