package io.balsa.client.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest (FIPS 180-4) as a value.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record Sha256(long a, long b, long c, long d) {
  /** Size in bytes. */
  public static final int BYTES = 32;

  /** Hashes bytes. */
  public static Sha256 of(byte[] bytes) {
    return of(ByteBuffer.wrap(bytes));
  }

  /** Hashes the remaining bytes; the buffer's position does not move. */
  public static Sha256 of(ByteBuffer bytes) {
    MessageDigest digest = newDigest();
    digest.update(bytes.duplicate());
    return fromBytes(digest.digest());
  }

  /** A fresh SHA-256 computation. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Takes a digest's 32 bytes.
   *
   * @throws IllegalArgumentException if there are not exactly 32
   */
  public static Sha256 fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes, given " + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Sha256(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  /**
   * Reads 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Sha256 parse(String hex) {
    return fromBytes(HexFormat.of().parseHex(hex));
  }

  /** The 32 bytes, in a new array. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
