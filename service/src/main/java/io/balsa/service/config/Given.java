package io.balsa.service.config;

/**
 * A value as somebody gave it, before it is understood.
 *
 * @param text the value's text
 * @param kind what the text was written as
 * @param source where it was given, for a person
 */
record Given(String text, Kind kind, String source) {
  private static final int SHOWN_MAX = 120;

  /** What a value was written as. */
  enum Kind {
    /** YAML: a whole number. */
    NUMBER,
    /** YAML: text. */
    TEXT,
    /** Environment and flags, which know only text: whatever the setting wants. */
    PLAIN,
    /** YAML: something that no setting takes. */
    OTHER
  }

  /** The value and its source, shortened, without control characters. */
  String shown() {
    String shown =
        switch (kind) {
          case NUMBER, OTHER -> text;
          case TEXT, PLAIN -> '"' + text + '"';
        };
    return shorten(shown) + " (" + source + ")";
  }

  /** A text from outside, fit for a message: shortened, without control characters. */
  static String shorten(String text) {
    String cut =
        text.length() <= SHOWN_MAX
            ? text
            : text.substring(0, SHOWN_MAX) + "... (" + text.length() + " characters)";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
