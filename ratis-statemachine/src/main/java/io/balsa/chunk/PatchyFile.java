package io.balsa.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file of which the disk may not read every block: those that it cannot are zeros, which no
 * checksum takes for what was written. Only to be read. Each bad block costs the time of its tries.
 *
 * @param file the caller's to close
 */
record PatchyFile(DiskFile file) implements DiskFile {
  /** What disks and file systems read at least. */
  private static final int BLOCK_BYTES = 4 << 10;

  @Override
  public int read(ByteBuffer into, long offset) throws IOException {
    int start = into.position();
    try {
      return file.read(into, offset);
    } catch (UnreadableFile e) {
      into.position(start);
      return readByBlocks(into, offset);
    }
  }

  private int readByBlocks(ByteBuffer into, long offset) throws IOException {
    int start = into.position();
    int end = start + Math.clamp(file.size() - offset, 0, into.remaining());
    while (into.position() < end) {
      int at = into.position();
      long in = offset + at - start;
      int block = (int) Math.min(end - at, BLOCK_BYTES - in % BLOCK_BYTES);
      try {
        file.read(into.slice(at, block), in);
      } catch (UnreadableFile e) {
        into.put(at, new byte[block]);
      }
      into.position(at + block);
    }
    return end - start;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public void write(ByteBuffer from, long offset) {
    throw new UnsupportedOperationException("a patchy file is read");
  }

  @Override
  public void truncate(long size) {
    throw new UnsupportedOperationException("a patchy file is read");
  }

  @Override
  public void sync() {
    throw new UnsupportedOperationException("a patchy file is read");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
