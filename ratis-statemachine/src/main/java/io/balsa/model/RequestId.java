package io.balsa.model;

import java.util.regex.Pattern;

/**
 * The caller's name for one change; makes a retry safe.
 *
 * @param text 1 to 64 of {@code [A-Za-z0-9._:-]}
 */
public record RequestId(String text) {
  private static final Pattern ID =
      Pattern.compile("[A-Za-z0-9._:-]{1," + Limits.REQUEST_ID_LENGTH_MAX + "}");

  /** Checks the rule; {@link InvalidField} otherwise. */
  public RequestId {
    if (!ID.matcher(text).matches()) {
      throw new InvalidField(
          "request_id", text, "1 to 64 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
