package io.balsa.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The order of paths in the catalog: by UTF-8 bytes, which differs from that of strings. */
final class Utf8Order {
  private Utf8Order() {}

  static int compare(String left, String right) {
    return Arrays.compareUnsigned(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }
}
