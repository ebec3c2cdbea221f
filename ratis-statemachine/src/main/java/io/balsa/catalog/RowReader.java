package io.balsa.catalog;

import io.balsa.model.Sha256;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes the bytes of one key or value apart. It accepts exactly what {@link RowWriter} writes: each
 * value has one encoding. One thread.
 *
 * <p>All methods throw {@link UnreadableRow} where the bytes do not fit, and {@link
 * BufferUnderflowException} where they end too early; {@link RowCodec} makes one of both.
 */
final class RowReader {
  static final int VARINT_BYTES_MAX = 10;

  private final ByteBuffer buffer;

  RowReader(byte[] bytes) {
    buffer = ByteBuffer.wrap(bytes);
  }

  /** One byte, 0 to 255. */
  int u8() {
    return Byte.toUnsignedInt(buffer.get());
  }

  /** Eight bytes, big-endian. */
  long u64() {
    return buffer.getLong();
  }

  /** Unsigned LEB128; refuses longer forms than the shortest and more than 64 bits. */
  long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = u8();
      int bits = next & 0x7F;
      if (shift == 63 && bits > 1) {
        throw new UnreadableRow("a varint has more than 64 bits");
      }
      value |= (long) bits << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw new UnreadableRow("a varint is longer than it needs to be");
        }
        return value;
      }
    }
    throw new UnreadableRow("a varint does not end");
  }

  /** A varint, 0 to {@code max}. */
  int number(String name, int max) {
    long value = varint();
    if (value < 0 || value > max) {
      throw new UnreadableRow(name + " is " + Long.toUnsignedString(value) + ", want 0 to " + max);
    }
    return (int) value;
  }

  /** Thirty-two bytes. */
  Sha256 sha256() {
    return Sha256.read(buffer);
  }

  /** UTF-8 after its length. */
  String text() {
    return text(number("text length", Integer.MAX_VALUE));
  }

  /** UTF-8 up to the end. */
  String textToEnd() {
    return text(buffer.remaining());
  }

  /** UTF-8 up to the next zero byte, which is consumed. */
  String textToZero() {
    int end = buffer.position();
    while (buffer.get(checked(end)) != 0) {
      end++;
    }
    String text = text(end - buffer.position());
    buffer.get();
    return text;
  }

  /** A count, then keys and values; keys must ascend in {@link String#compareTo} order. */
  SortedMap<String, String> pairs() {
    int count = number("pairs", buffer.remaining());
    TreeMap<String, String> pairs = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = text();
      if (!pairs.isEmpty() && pairs.lastKey().compareTo(key) >= 0) {
        throw new UnreadableRow("keys of pairs do not ascend");
      }
      pairs.put(key, text());
    }
    return pairs;
  }

  /** Refuses bytes that are left. */
  void end() {
    if (buffer.hasRemaining()) {
      throw new UnreadableRow(buffer.remaining() + " bytes too many");
    }
  }

  private int checked(int index) {
    if (index >= buffer.limit()) {
      throw new BufferUnderflowException();
    }
    return index;
  }

  private String text(int length) {
    if (length > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer bytes = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableRow("text is not UTF-8", e);
    }
  }
}
