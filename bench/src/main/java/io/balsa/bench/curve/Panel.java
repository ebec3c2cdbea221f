package io.balsa.bench.curve;

import java.util.List;

/**
 * One of the small charts on a page.
 *
 * @param title what is shown
 * @param unit of the vertical axis; empty for counts
 * @param divisor values are divided by it, such as 1e6 for bytes shown in MB
 * @param lines what is drawn, first the undermost
 */
public record Panel(String title, String unit, double divisor, List<Line> lines) {
  /** Takes a copy. */
  public Panel {
    lines = List.copyOf(lines);
  }

  /**
   * A line of a chart.
   *
   * @param column of the samples
   * @param label in the legend
   */
  public record Line(String column, String label) {}
}
