package io.balsa.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Reads are safe on every thread; writes, truncates and forces are the business of
 * one owner at a time, but a force may run beside writes and then covers at least those that were
 * finished when it began.
 *
 * <p>An interrupt during a call closes the file for everybody (that is how the JDK's channels
 * work); it then fails with {@link java.nio.channels.ClosedChannelException}.
 */
public interface DiskFile extends AutoCloseable {
  /**
   * Fills the buffer from an offset, or to the end of the file.
   *
   * @return bytes read, 0 at or behind the end; less than asked only at the end of the file
   * @throws UnreadableFile the disk cannot read what is there, and was asked again
   */
  int read(ByteBuffer into, long offset) throws IOException;

  /** Writes the whole buffer at an offset; bytes skipped behind the old end read as zeros. */
  void write(ByteBuffer from, long offset) throws IOException;

  /** Bytes in the file. */
  long size() throws IOException;

  /** Cuts the file to a size; a file that is shorter stays as it is. */
  void truncate(long size) throws IOException;

  /**
   * Makes the bytes and the size durable (fdatasync).
   *
   * @throws IOException some of what was written may never reach the disk, and a later force that
   *     succeeds would not prove otherwise: nothing in this file that was not forced before is
   *     known any more
   */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
