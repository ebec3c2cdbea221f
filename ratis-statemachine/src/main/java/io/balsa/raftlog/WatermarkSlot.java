package io.balsa.raftlog;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * One slot of the watermark file.
 *
 * @param sequence the higher counts
 * @param peerId whose marks
 * @param marks of all groups
 */
record WatermarkSlot(long sequence, String peerId, Map<GroupName, Mark> marks) {
  static final int COUNT = 2;

  /** Room for the most groups with the longest peer ids. */
  static final int BYTES = 16 << 10;

  static final Comparator<GroupName> BY_TEXT = Comparator.comparing(GroupName::text);

  private static final int MAGIC = 0x42574d4b; // BWMK
  private static final short VERSION = 1;

  WatermarkSlot {
    TreeMap<GroupName, Mark> sorted = new TreeMap<>(BY_TEXT);
    sorted.putAll(marks);
    marks = Collections.unmodifiableMap(sorted);
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putInt(MAGIC).putShort(VERSION).putShort((short) marks.size()).putLong(sequence);
    putText(bytes, peerId);
    marks.forEach(
        (group, mark) -> {
          putText(bytes, group.text());
          bytes.putLong(mark.flushed().term()).putLong(mark.flushed().index());
          bytes.putLong(mark.term());
          putText(bytes, mark.votedFor());
        });
    return bytes.putInt(crcOf(bytes)).flip();
  }

  /** Empty where the bytes are no whole slot. */
  static Optional<WatermarkSlot> decode(ByteBuffer bytes) {
    try {
      if (bytes.getInt() != MAGIC || bytes.getShort() != VERSION) {
        return Optional.empty();
      }
      int count = Short.toUnsignedInt(bytes.getShort());
      long sequence = bytes.getLong();
      String peerId = text(bytes);
      Map<GroupName, Mark> marks = new TreeMap<>(BY_TEXT);
      for (int group = 0; group < count; group++) {
        GroupName name = new GroupName(text(bytes));
        LogPosition flushed = new LogPosition(bytes.getLong(), bytes.getLong());
        marks.put(name, new Mark(flushed, bytes.getLong(), text(bytes)));
      }
      return crcOf(bytes) == bytes.getInt()
          ? Optional.of(new WatermarkSlot(sequence, peerId, marks))
          : Optional.empty();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Of all bytes in front of the position. */
  private static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().flip());
    return (int) crc.getValue();
  }

  private static void putText(ByteBuffer bytes, String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    bytes.put((byte) ascii.length).put(ascii);
  }

  private static String text(ByteBuffer bytes) {
    byte[] ascii = new byte[Byte.toUnsignedInt(bytes.get())];
    bytes.get(ascii);
    return new String(ascii, StandardCharsets.US_ASCII);
  }
}
