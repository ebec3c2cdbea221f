package io.balsa.bench.load;

import io.balsa.client.model.Source;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Bytes that follow from a number and do not compress (xorshift64, Marsaglia 2003). */
public final class RandomStream extends InputStream {
  private static final int BLOCK_BYTES = 8 << 10;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).position(BLOCK_BYTES);
  private long state;
  private long left;

  /**
   * A stream of so many bytes.
   *
   * @param state equal numbers give equal bytes; so do an even one and the odd one behind it
   */
  public RandomStream(long state, long bytes) {
    this.state = state | 1;
    this.left = bytes;
  }

  /** The same as often as wanted. */
  public static Source source(long state, long bytes) {
    return Source.reopening(OptionalLong.of(bytes), () -> new RandomStream(state, bytes));
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    if (!block.hasRemaining()) {
      fill();
    }
    int count = (int) Math.min(Math.min(length, left), block.remaining());
    block.get(to, offset, count);
    left -= count;
    return count;
  }

  private void fill() {
    for (int i = 0; i < BLOCK_BYTES; i += Long.BYTES) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      block.putLong(i, state);
    }
    block.clear();
  }
}
