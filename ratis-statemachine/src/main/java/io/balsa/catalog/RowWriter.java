package io.balsa.catalog;

import io.balsa.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/** Builds the bytes of one key or value. One thread. */
final class RowWriter {
  private static final int BYTES_AT_FIRST = 64;

  private ByteBuffer buffer = ByteBuffer.allocate(BYTES_AT_FIRST);

  /** One byte. */
  RowWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  /** Eight bytes, big-endian: sorts as an unsigned number. */
  RowWriter u64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  /** Unsigned LEB128 in its shortest form; a negative number counts as its unsigned 64 bits. */
  RowWriter varint(long value) {
    room(RowReader.VARINT_BYTES_MAX);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
    return this;
  }

  /** Bytes as they are. */
  RowWriter raw(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  /** Thirty-two bytes. */
  RowWriter sha256(Sha256 digest) {
    digest.write(room(Sha256.BYTES));
    return this;
  }

  /** UTF-8 after its length. Protobuf lets no unpaired surrogate in, so nothing gets lost. */
  RowWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return varint(bytes.length).raw(bytes);
  }

  /** A count, then each key and value as texts. */
  RowWriter pairs(SortedMap<String, String> pairs) {
    varint(pairs.size());
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      text(pair.getKey()).text(pair.getValue());
    }
    return this;
  }

  /** All bytes so far, in a new array. */
  byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
      buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
    }
    return buffer;
  }
}
