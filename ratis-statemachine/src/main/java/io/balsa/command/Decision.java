package io.balsa.command;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the catalog's state says to a command. Every replica decides the same. */
public sealed interface Decision {
  /**
   * It happened.
   *
   * @param revision the revision it got
   * @param value what the command promises (an epoch, a transaction id, a version's revision); else
   *     0
   */
  record Accepted(long revision, long value) implements Decision {}

  /**
   * It did not happen and left nothing behind.
   *
   * @param reason why
   * @param facts what the caller needs to act, by name
   */
  record Rejected(Reason reason, SortedMap<String, String> facts) implements Decision {
    /** Copies. */
    public Rejected {
      facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /** Takes facts in any order. */
    public static Rejected of(Reason reason, Map<String, String> facts) {
      return new Rejected(reason, new TreeMap<>(facts));
    }
  }
}
