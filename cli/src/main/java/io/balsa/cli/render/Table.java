package io.balsa.cli.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An aligned table. A column whose title begins with {@code >} is aligned to the right. Not
 * thread-safe.
 */
public final class Table {
  private static final String GAP = "  ";

  private final boolean[] right;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these columns. */
  public Table(String... titles) {
    right = new boolean[titles.length];
    List<String> header = new ArrayList<>(titles.length);
    for (int i = 0; i < titles.length; i++) {
      right[i] = titles[i].startsWith(">");
      header.add(right[i] ? titles[i].substring(1) : titles[i]);
    }
    rows.add(header);
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell a column
   */
  public Table row(String... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException("cells=" + cells.length + ", want " + right.length);
    }
    rows.add(List.copyOf(Arrays.asList(cells)));
    return this;
  }

  /** The header and the rows, without blanks at the end. */
  public List<String> lines() {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String blanks = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : GAP).append(right[i] ? blanks + cell : cell + blanks);
    }
    return line.toString().stripTrailing();
  }
}
