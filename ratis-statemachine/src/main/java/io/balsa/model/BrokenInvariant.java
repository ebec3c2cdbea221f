package io.balsa.model;

/**
 * Our own defect: something that must always hold does not. Never caught to go on; the node stops,
 * because a replica that is wrong is worse than one that is down.
 */
public final class BrokenInvariant extends Error {
  /** States what should have held. */
  public BrokenInvariant(String invariant) {
    super(invariant);
  }

  /** States what should have held, and what showed that it does not. */
  public BrokenInvariant(String invariant, Throwable cause) {
    super(invariant, cause);
  }

  /**
   * Checks an invariant; on in production.
   *
   * @param facts values for the message, in any number
   * @throws BrokenInvariant if {@code holds} is false
   */
  public static void check(boolean holds, String invariant, Object... facts) {
    if (!holds) {
      throw new BrokenInvariant(invariant + ": " + java.util.Arrays.toString(facts));
    }
  }
}
