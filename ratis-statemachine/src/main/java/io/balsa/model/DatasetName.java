package io.balsa.model;

/**
 * A dataset's name.
 *
 * @param text 1 to 63 of {@code [a-z0-9._-]}, beginning with a letter or digit
 */
public record DatasetName(String text) implements Comparable<DatasetName> {
  /** Checks the rule; {@link InvalidField} otherwise. */
  public DatasetName {
    Names.require("dataset", text);
  }

  @Override
  public int compareTo(DatasetName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
