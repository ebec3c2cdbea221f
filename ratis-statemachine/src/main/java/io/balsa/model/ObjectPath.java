package io.balsa.model;

import java.nio.charset.StandardCharsets;

/**
 * An object's path inside its dataset.
 *
 * @param text 1 to 1,024 bytes of UTF-8; segments separated by '/', none of them empty, "." or
 *     ".."; no control characters, no unpaired surrogates
 */
public record ObjectPath(String text) {
  private static final String ALLOWED =
      "1 to 1024 bytes of UTF-8, segments separated by '/', none empty, '.' or '..', no control"
          + " characters";

  /** Checks the rule; {@link InvalidField} otherwise. */
  public ObjectPath {
    if (!isValid(text)) {
      throw new InvalidField("path", text, ALLOWED);
    }
  }

  /** UTF-8, in a new array. */
  public byte[] toBytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isValid(String text) {
    // A char is at least one byte, so the cheap check comes first.
    if (text.isEmpty() || text.length() > Limits.PATH_BYTES_MAX) {
      return false;
    }
    if (!text.codePoints().allMatch(ObjectPath::isAllowed)
        || text.getBytes(StandardCharsets.UTF_8).length > Limits.PATH_BYTES_MAX) {
      return false;
    }
    for (String segment : text.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAllowed(int codePoint) {
    return !Character.isISOControl(codePoint)
        && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
  }
}
