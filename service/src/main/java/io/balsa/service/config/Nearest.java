package io.balsa.service.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody may have meant. */
final class Nearest {
  /** Longer names are nobody's typing error; this also bounds the work. */
  private static final int LENGTH_MAX = 128;

  private Nearest() {}

  /**
   * The known name that takes the fewest changed, added or left out characters.
   *
   * @param known at least one
   */
  static String to(String name, Collection<String> known) {
    String looked = name.length() <= LENGTH_MAX ? name : name.substring(0, LENGTH_MAX);
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(looked, candidate)))
        .orElseThrow();
  }

  /** Levenshtein's distance, row by row. */
  private static int distance(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= from.length(); row++) {
      int[] current = new int[to.length() + 1];
      current[0] = row;
      for (int column = 1; column <= to.length(); column++) {
        int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
        current[column] =
            Math.min(above[column - 1] + change, Math.min(above[column], current[column - 1]) + 1);
      }
      above = current;
    }
    return above[to.length()];
  }
}
