package io.balsa.model;

/** An input outside of its limits. Nothing was done; the caller must send something else. */
public final class InvalidField extends IllegalArgumentException {
  private static final int SHOWN_MAX = 120;

  private final String field;
  private final String given;
  private final String allowed;

  /**
   * States the problem.
   *
   * @param field the input's name as the caller knows it
   * @param given what was given; shown shortened
   * @param allowed what is allowed, for a person
   */
  public InvalidField(String field, String given, String allowed) {
    super(field + " is " + quote(given) + "; allowed: " + allowed);
    this.field = field;
    this.given = quote(given);
    this.allowed = allowed;
  }

  /** The input's name. */
  public String field() {
    return field;
  }

  /** What was given, quoted, shortened, without control characters. */
  public String given() {
    return given;
  }

  /** What is allowed. */
  public String allowed() {
    return allowed;
  }

  private static String quote(String given) {
    String shown =
        given.length() <= SHOWN_MAX
            ? given
            : given.substring(0, SHOWN_MAX) + "... (" + given.length() + " characters)";
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
