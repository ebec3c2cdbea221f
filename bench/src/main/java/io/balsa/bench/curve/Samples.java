package io.balsa.bench.curve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of numbers over time. As CSV: a line of column names, the first of them {@code seconds},
 * then a line a sample; a cell is empty where nothing was measured. Immutable.
 */
public final class Samples {
  /** The column of times. */
  public static final String SECONDS = "seconds";

  /** A day of samples every second. */
  private static final int SAMPLES_MAX = 86_400;

  private final List<String> columns;
  private final List<Map<String, Double>> rows;

  private Samples(List<String> columns, List<Map<String, Double>> rows) {
    this.columns = List.copyOf(columns);
    this.rows = List.copyOf(rows);
  }

  /**
   * Reads a CSV file, also one whose last line was cut off when its writer ended.
   *
   * @throws IOException if it cannot be read or is no such table
   */
  public static Samples read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> columns = lines.isEmpty() ? List.of() : List.of(lines.getFirst().split(",", -1));
    if (columns.isEmpty() || !columns.getFirst().equals(SECONDS)) {
      throw new IOException(file + " does not begin with a column '" + SECONDS + "'");
    }
    if (lines.size() > SAMPLES_MAX) {
      throw new IOException(file + " has over " + SAMPLES_MAX + " lines");
    }
    List<Map<String, Double>> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      if (cells.length == columns.size()) {
        rows.add(row(file, i + 1, columns, cells));
      } else if (i < lines.size() - 1) {
        throw new IOException(file + " line " + (i + 1) + " has " + cells.length + " cells");
      }
    }
    return new Samples(columns, rows);
  }

  private static Map<String, Double> row(Path file, int line, List<String> columns, String[] cells)
      throws IOException {
    Map<String, Double> row = new HashMap<>();
    for (int i = 0; i < cells.length; i++) {
      if (!cells[i].isEmpty()) {
        try {
          row.put(columns.get(i), Double.valueOf(cells[i]));
        } catch (NumberFormatException e) {
          throw new IOException(file + " line " + line + ": '" + cells[i] + "' is no number", e);
        }
      }
    }
    return row;
  }

  /** The first line of a file with these columns behind {@link #SECONDS}. */
  public static String heading(List<String> columns) {
    return SECONDS + "," + String.join(",", columns);
  }

  /** One further line. */
  public static String line(List<String> columns, double seconds, Map<String, Double> values) {
    return String.format(Locale.ROOT, "%.1f,", seconds)
        + columns.stream()
            .map(column -> Optional.ofNullable(values.get(column)).map(Samples::cell).orElse(""))
            .collect(Collectors.joining(","));
  }

  private static String cell(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  /** How many samples. */
  public int size() {
    return rows.size();
  }

  /** One column; empty where the table has none of this name. */
  public Optional<Series> series(String column) {
    if (!columns.contains(column)) {
      return Optional.empty();
    }
    return Optional.of(new Series(column, values(SECONDS), values(column)));
  }

  private double[] values(String column) {
    return IntStream.range(0, rows.size())
        .mapToDouble(i -> rows.get(i).getOrDefault(column, Double.NaN))
        .toArray();
  }
}
