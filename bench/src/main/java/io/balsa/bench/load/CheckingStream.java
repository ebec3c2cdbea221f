package io.balsa.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes an object's bytes, learns from the first of them which they should be, compares all. */
final class CheckingStream extends OutputStream {
  private final long seed;
  private final ByteBuffer header = ByteBuffer.allocate(Content.HEADER_BYTES);
  private @Nullable Content content;
  private @Nullable InputStream expected;
  private long offset;

  CheckingStream(long seed) {
    this.seed = seed;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int taken = Math.min(header.remaining(), length);
    header.put(bytes, from, taken);
    if (header.hasRemaining()) {
      return;
    }
    InputStream right = expected;
    if (right == null) {
      content = Content.ofHeader(seed, header.flip());
      right = content.open();
      expected = right;
      header.position(header.limit());
      compare(right, header.array(), 0, Content.HEADER_BYTES);
    }
    compare(right, bytes, from + taken, length - taken);
  }

  private void compare(InputStream right, byte[] bytes, int from, int length) throws IOException {
    byte[] wanted = right.readNBytes(length);
    int differs = Arrays.mismatch(bytes, from, from + length, wanted, 0, wanted.length);
    if (differs >= 0) {
      throw new WrongBytes("byte " + (offset + differs) + " is not that of " + content);
    }
    offset += length;
  }

  /**
   * All bytes were written.
   *
   * @return what they are
   * @throws WrongBytes if there should be more
   */
  Content end() throws WrongBytes {
    Content found = content;
    if (found == null || offset != found.size()) {
      throw new WrongBytes("ends at byte " + offset + " of " + found);
    }
    return found;
  }

  /** Bytes that arrived. */
  long bytes() {
    return offset;
  }

  /** What was read is not what anybody wrote. */
  static final class WrongBytes extends IOException {
    private static final long serialVersionUID = 1L;

    WrongBytes(String message) {
      super(message);
    }
  }
}
