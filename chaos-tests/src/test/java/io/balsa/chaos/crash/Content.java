package io.balsa.chaos.crash;

import io.balsa.client.model.Sha256;
import java.util.Random;

/**
 * Bytes that can be made again.
 *
 * @param seed of the bytes
 * @param length of them
 * @param digest of them
 */
record Content(long seed, int length, Sha256 digest) {
  static Content of(long seed, int length) {
    return new Content(seed, length, Sha256.of(bytes(seed, length)));
  }

  byte[] bytes() {
    return bytes(seed, length);
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
