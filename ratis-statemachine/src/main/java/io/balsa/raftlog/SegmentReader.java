package io.balsa.raftlog;

import io.balsa.chunk.DiskFile;
import io.balsa.model.LogPosition;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads one segment of a Ratis 3.3.0 log from its beginning, in constant memory: the header {@code
 * RaftLog1}, then entries, each a varint length, a {@code LogEntryProto} and the CRC-32C of both,
 * big-endian; behind the last entry zeros or nothing.
 *
 * <p>One thread.
 */
final class SegmentReader {
  private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

  /** No entry of ours comes near; more is nonsense. */
  private static final int ENTRY_BYTES_MAX = 64 << 20;

  private static final int TERM_TAG = 1 << 3;
  private static final int INDEX_TAG = 2 << 3;

  private final DiskFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).limit(0);
  private final CRC32C crc = new CRC32C();

  /** Where in the file the buffer's end is. */
  private long bufferEnd;

  private long goodBytes;
  private Optional<String> flaw = Optional.empty();

  /** Bytes that are not what they should be, as far as they can be told. */
  private static final class Broken extends Exception {
    private final String what;

    Broken(String what) {
      super(what, null, false, false);
      this.what = what;
    }
  }

  /** Starts at the beginning of a file, which the caller closes. */
  SegmentReader(DiskFile file) {
    this.file = file;
  }

  /**
   * Reads the next entry.
   *
   * @return its position; empty at the end, or where {@link #flaw} says why
   * @throws IOException the disk cannot read
   */
  Optional<LogPosition> next() throws IOException {
    if (flaw.isPresent()) {
      return Optional.empty();
    }
    try {
      if (goodBytes == 0 && !readHeader()) {
        return Optional.empty();
      }
      Optional<LogPosition> entry = readEntry();
      if (entry.isPresent()) {
        goodBytes = position();
      }
      return entry;
    } catch (Broken e) {
      flaw = Optional.of(e.what);
    } catch (EOFException e) {
      flaw = Optional.of("the file ends inside an entry");
    }
    return Optional.empty();
  }

  /** Bytes up to the end of the last good entry. */
  long goodBytes() {
    return goodBytes;
  }

  /** Why reading ended before the segment did. */
  Optional<String> flaw() {
    return flaw;
  }

  /** False where a crash left no whole header, and nothing behind it. */
  private boolean readHeader() throws IOException, Broken {
    byte[] read = new byte[HEADER.length];
    int length = 0;
    for (int next = read(); next >= 0; next = length < read.length ? read() : -1) {
      read[length++] = (byte) next;
    }
    if (Arrays.equals(read, HEADER)) {
      goodBytes = HEADER.length;
      return true;
    }
    int same = Math.max(0, Arrays.mismatch(read, HEADER));
    for (int at = same; at < length; at++) {
      if (read[at] != 0) {
        throw new Broken("no segment begins like this");
      }
    }
    requireZeros();
    return false;
  }

  private Optional<LogPosition> readEntry() throws IOException, Broken {
    int first = read();
    if (first <= 0) {
      requireZeros();
      return Optional.empty();
    }
    crc.reset();
    crc.update(first);
    long length = varint(first);
    if (length > ENTRY_BYTES_MAX) {
      throw new Broken("an entry of " + length + " bytes");
    }
    long end = position() + length;
    long term = field(TERM_TAG);
    long index = field(INDEX_TAG);
    if (term < 0 || index < 0 || position() > end) {
      throw new Broken("an entry without term and index");
    }
    skip(end - position());
    int computed = (int) crc.getValue();
    int stored = 0;
    for (int at = 0; at < Integer.BYTES; at++) {
      stored = stored << Byte.SIZE | byteOrEnd();
    }
    if (computed != stored) {
      throw new Broken("an entry's checksum is wrong");
    }
    return Optional.of(new LogPosition(term, index));
  }

  /** Proto leaves out a field that is 0. */
  private long field(int tag) throws IOException {
    int next = peek();
    if (next != tag) {
      return 0;
    }
    crc.update(byteOrEnd());
    int first = byteOrEnd();
    crc.update(first);
    return varint(first);
  }

  /** The rest of a varint; what is read goes into the checksum. */
  private long varint(int first) throws IOException {
    long value = first & 0x7f;
    int last = first;
    for (int shift = 7; (last & 0x80) != 0 && shift < Long.SIZE; shift += 7) {
      last = byteOrEnd();
      crc.update(last);
      value |= (long) (last & 0x7f) << shift;
    }
    return value;
  }

  private void skip(long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new EOFException();
      }
      int part = (int) Math.min(left, buffer.remaining());
      crc.update(buffer.slice(buffer.position(), part));
      buffer.position(buffer.position() + part);
      left -= part;
    }
  }

  private void requireZeros() throws IOException, Broken {
    for (int next = read(); next >= 0; next = read()) {
      if (next != 0) {
        throw new Broken("bytes behind the last entry");
      }
    }
  }

  private long position() {
    return bufferEnd - buffer.remaining();
  }

  private int byteOrEnd() throws IOException {
    int next = read();
    if (next < 0) {
      throw new EOFException();
    }
    return next;
  }

  /** The next byte, which stays; -1 at the end of the file. */
  private int peek() throws IOException {
    return buffer.hasRemaining() || fill() ? buffer.get(buffer.position()) & 0xff : -1;
  }

  /** The next byte; -1 at the end of the file. */
  private int read() throws IOException {
    return buffer.hasRemaining() || fill() ? buffer.get() & 0xff : -1;
  }

  private boolean fill() throws IOException {
    int read = file.read(buffer.clear(), bufferEnd);
    buffer.flip();
    bufferEnd += read;
    return read > 0;
  }
}
