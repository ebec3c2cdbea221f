package io.balsa.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest (FIPS 180-4) as a value. Orders as its bytes do, unsigned.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record Sha256(long a, long b, long c, long d) implements Comparable<Sha256> {
  /** Size in bytes. */
  public static final int BYTES = 32;

  /** The digest of no bytes. */
  public static final Sha256 OF_NOTHING = of(ByteBuffer.allocate(0));

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
      throw new BrokenInvariant("every JDK has SHA-256", e);
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
    return read(ByteBuffer.wrap(bytes));
  }

  /** Reads the next 32 bytes of a big-endian buffer. */
  public static Sha256 read(ByteBuffer from) {
    return new Sha256(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** Writes the 32 bytes to a big-endian buffer. */
  public void write(ByteBuffer to) {
    to.putLong(a).putLong(b).putLong(c).putLong(d);
  }

  /** The 32 bytes, in a new array. */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    write(buffer);
    return buffer.array();
  }

  @Override
  public int compareTo(Sha256 other) {
    int order = Long.compareUnsigned(a, other.a);
    if (order == 0) {
      order = Long.compareUnsigned(b, other.b);
    }
    if (order == 0) {
      order = Long.compareUnsigned(c, other.c);
    }
    return order == 0 ? Long.compareUnsigned(d, other.d) : order;
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
