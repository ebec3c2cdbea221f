package io.balsa.client.model;

import java.time.Duration;

/** How fresh an answer must be. */
public sealed interface Consistency {
  /** At least as new as everything acknowledged anywhere before the read began. */
  record Linearizable() implements Consistency {}

  /**
   * At most this old.
   *
   * @param maxAge 0 to 24 h, counted in whole ms
   */
  record Bounded(Duration maxAge) implements Consistency {
    private static final Duration MAX_AGE_MAX = Duration.ofHours(24);

    /** Checks the range. */
    public Bounded {
      if (maxAge.isNegative() || maxAge.compareTo(MAX_AGE_MAX) > 0) {
        throw new IllegalArgumentException("maxAge=" + maxAge + ", want 0 to 24 h");
      }
    }
  }

  /**
   * At least this revision: monotonic sessions and read-your-writes across nodes.
   *
   * @param revision of a receipt that the caller holds; 0 asks for nothing
   */
  record AtLeast(long revision) implements Consistency {
    /** Checks the range. */
    public AtLeast {
      if (revision < 0) {
        throw new IllegalArgumentException("revision=" + revision + ", want >= 0");
      }
    }
  }

  /** Whatever the node has now; the receipt still tells its age where one is proven. */
  record Eventual() implements Consistency {}

  /** See {@link Linearizable}. */
  static Consistency linearizable() {
    return new Linearizable();
  }

  /** See {@link Bounded}. */
  static Consistency bounded(Duration maxAge) {
    return new Bounded(maxAge);
  }

  /** See {@link AtLeast}. */
  static Consistency atLeast(long revision) {
    return new AtLeast(revision);
  }

  /** See {@link Eventual}. */
  static Consistency eventual() {
    return new Eventual();
  }
}
