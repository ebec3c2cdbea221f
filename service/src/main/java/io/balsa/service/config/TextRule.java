package io.balsa.service.config;

import java.util.regex.Pattern;

/** What a text setting must look like. */
enum TextRule {
  /** The name of a node. */
  NODE_ID(
      "[a-z0-9][a-z0-9-]{0,62}",
      "1 to 63 characters of a-z, 0-9 and '-', the first one a letter or digit"),

  /** A folder of this machine. A NUL is the one character that no file system takes. */
  FOLDER("[^\\x00]{1,4096}", "the path of a folder, 1 to 4096 characters"),

  /** A host name or address, without a port. */
  HOST(TextRule.HOST_PATTERN, "a host name or an IP address without port, 1 to 253 characters"),

  /** A host name or address, or nothing. */
  HOST_OR_EMPTY(
      "|" + TextRule.HOST_PATTERN,
      "a host name or an IP address without port, at most 253 characters, or nothing");

  /** Characters of names, of IPv4, and of IPv6 with its zone; who resolves it checks the rest. */
  private static final String HOST_PATTERN = "[A-Za-z0-9:][A-Za-z0-9.:%_-]{0,252}";

  private final Pattern pattern;
  private final String allowed;

  TextRule(String pattern, String allowed) {
    this.pattern = Pattern.compile(pattern);
    this.allowed = allowed;
  }

  boolean allows(String text) {
    return pattern.matcher(text).matches();
  }

  /** What is allowed, for a person. */
  String allowed() {
    return allowed;
  }
}
