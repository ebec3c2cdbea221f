package io.balsa.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks the records of one pack. A record whose header is good but whose payload is not is stepped
 * over by its length; behind a bad header the next record is searched at every aligned offset,
 * where only a header with the pack's salt and its own offset counts. What is bad is told as such
 * only once something good stands behind it; what is bad up to the end of the file is handed back
 * as the tail, for the caller to judge.
 *
 * <p>Used by one thread, for one walk.
 */
final class PackScan {
  /** Why no record of a pack can be trusted. */
  static final String NO_PACK_HEADER = "the pack's header is damaged or another pack's";

  private static final int WINDOW_BYTES = 1 << 20;

  private final DiskFile file;
  private final PackHeader pack;
  private final Sink sink;
  private final long size;
  private final List<CorruptRange> pending = new ArrayList<>();
  private boolean sawOnlyZeros = true;
  private ByteBuffer payload = ByteBuffer.allocate(4 << 10);

  /** Told what stands in the pack, in order. */
  interface Sink {
    /**
     * A good chunk record.
     *
     * @param payload valid during the call
     */
    void good(RecordHeader header, ByteBuffer payload) throws IOException;

    /** Bad bytes with a good record behind them. */
    void bad(CorruptRange range) throws IOException;
  }

  /**
   * Where the walk ended.
   *
   * @param offset behind the last good record, or where the walk began
   * @param reached behind the last record looked at, good or bad
   * @param sealed true if that record is a footer
   * @param tail what is bad from there to the end of the file; empty behind a footer
   * @param blank true if the tail holds zeros only, as preallocated space does
   */
  record End(long offset, long reached, boolean sealed, List<CorruptRange> tail, boolean blank) {}

  private PackScan(DiskFile file, PackHeader pack, Sink sink, long size) {
    this.file = file;
    this.pack = pack;
    this.sink = sink;
    this.size = size;
  }

  /** Walks from an offset, which should be where a record begins, to the footer or the end. */
  static End run(DiskFile file, PackHeader pack, long from, Sink sink) throws IOException {
    return new PackScan(file, pack, sink, file.size()).walk(from, Long.MAX_VALUE);
  }

  /**
   * Walks over a part of a pack: over the records that begin before {@code to}.
   *
   * @param size where the pack ends, whatever stands behind in the file
   */
  static End run(DiskFile file, PackHeader pack, long from, long to, long size, Sink sink)
      throws IOException {
    return new PackScan(file, pack, sink, size).walk(from, to);
  }

  private End walk(long from, long to) throws IOException {
    long good = from;
    long offset = from;
    while (offset < size && offset < to) {
      Optional<RecordHeader> header = header(offset);
      if (header.isEmpty()) {
        long next = findHeader(offset);
        pending.add(CorruptRange.of(pack.pack(), offset, next, "no record header"));
        offset = next;
      } else if (!isWhole(header.get())) {
        sawOnlyZeros = false;
        pending.add(CorruptRange.payloadOf(header.get(), "payload CRC or padding does not match"));
        offset = header.get().end();
      } else {
        tellPending();
        offset = header.get().end();
        good = offset;
        switch (header.get().kind()) {
          case CHUNK -> sink.good(header.get(), payload);
          case FOOTER -> {
            return new End(good, good, true, List.of(), true);
          }
        }
      }
    }
    return new End(good, offset, false, List.copyOf(pending), sawOnlyZeros);
  }

  private void tellPending() throws IOException {
    for (CorruptRange range : pending) {
      sink.bad(range);
    }
    pending.clear();
    sawOnlyZeros = true;
  }

  private Optional<RecordHeader> header(long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(PackFormat.RECORD_HEADER_BYTES);
    file.read(bytes, offset);
    return PackFormat.decodeRecord(bytes.flip(), pack.pack(), pack.salt(), offset);
  }

  /** Reads the payload and checks it and the zeros behind it. */
  private boolean isWhole(RecordHeader header) throws IOException {
    int length = header.location().length();
    int padded = length + PackFormat.paddingBytes(length);
    if (payload.capacity() < padded) {
      payload = ByteBuffer.allocate(padded);
    }
    payload.clear().limit(padded);
    long offset = header.location().offset() + PackFormat.RECORD_HEADER_BYTES;
    if (file.read(payload, offset) < padded) {
      return false;
    }
    for (int i = length; i < padded; i++) {
      if (payload.get(i) != 0) {
        return false;
      }
    }
    payload.flip().limit(length);
    return PackFormat.crc32c(payload) == header.location().crc32c();
  }

  /** The first good header behind an offset where there is none; the file's size if there is no. */
  private long findHeader(long bad) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    long start = bad - bad % PackFormat.ALIGNMENT_BYTES;
    while (start < size) {
      file.read(window.clear(), start);
      window.flip();
      for (int i = 0; i < window.limit(); i += PackFormat.ALIGNMENT_BYTES) {
        if (start + i >= size) {
          return size;
        }
        if (isMagic(window, i) && start + i > bad && header(start + i).isPresent()) {
          return start + i;
        }
        sawOnlyZeros = sawOnlyZeros && isZero(window, i);
      }
      start += WINDOW_BYTES;
    }
    return size;
  }

  private static boolean isMagic(ByteBuffer window, int at) {
    return at + Integer.BYTES <= window.limit() && window.getInt(at) == PackFormat.RECORD_MAGIC;
  }

  private static boolean isZero(ByteBuffer window, int at) {
    if (at + Long.BYTES <= window.limit()) {
      return window.getLong(at) == 0;
    }
    for (int i = at; i < window.limit(); i++) {
      if (window.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
