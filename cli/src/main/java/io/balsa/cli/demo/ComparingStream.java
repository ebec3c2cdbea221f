package io.balsa.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Compares what is written to it with a stream, byte by byte, and holds no more than what is
 * written at once. Not thread-safe.
 */
final class ComparingStream extends OutputStream {
  private final String name;
  private final InputStream expected;
  private long offset;

  /**
   * A comparison.
   *
   * @param name of what is compared
   * @param expected the right bytes; closed by the caller
   */
  ComparingStream(String name, InputStream expected) {
    this.name = name;
    this.expected = expected;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    byte[] right = expected.readNBytes(length);
    int differs = Arrays.mismatch(bytes, from, from + length, right, 0, right.length);
    if (differs >= 0) {
      throw new DemoFailed(
          name
              + (differs < right.length ? " differs" : " goes on where its file ends")
              + " at byte "
              + (offset + differs));
    }
    offset += length;
  }

  /**
   * Everything was written.
   *
   * @return how many bytes were compared
   * @throws DemoFailed if the right bytes go on
   */
  long end() throws IOException {
    if (expected.read() >= 0) {
      throw new DemoFailed(name + " ends at byte " + offset + ", its file goes on");
    }
    return offset;
  }
}
