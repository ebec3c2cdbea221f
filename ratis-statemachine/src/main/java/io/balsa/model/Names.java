package io.balsa.model;

import java.util.regex.Pattern;

/** The shared rule for names of datasets and versions. */
final class Names {
  static final String ALLOWED =
      "1 to 63 characters of a-z, 0-9, '.', '_' and '-', the first one a letter or digit";
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9][a-z0-9._-]{0," + (Limits.NAME_LENGTH_MAX - 1) + "}");

  private Names() {}

  static void require(String field, String given) {
    if (!NAME.matcher(given).matches()) {
      throw new InvalidField(field, given, ALLOWED);
    }
  }
}
