package io.balsa.model;

/**
 * A version's name inside its dataset.
 *
 * @param text 1 to 63 of {@code [a-z0-9._-]}, beginning with a letter or digit
 */
public record VersionName(String text) implements Comparable<VersionName> {
  /** Checks the rule; {@link InvalidField} otherwise. */
  public VersionName {
    Names.require("version", text);
  }

  @Override
  public int compareTo(VersionName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
