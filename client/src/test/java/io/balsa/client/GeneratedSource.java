package io.balsa.client;

import io.balsa.client.model.Source;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes from a seed, as many as wanted, counted as they are read. */
final class GeneratedSource implements Source {
  final AtomicLong read = new AtomicLong();
  final AtomicInteger opened = new AtomicInteger();
  private final long size;
  private final boolean tellsSize;
  private final long seed;
  private final Runnable onRead;

  GeneratedSource(long size, boolean tellsSize, long seed, Runnable onRead) {
    this.size = size;
    this.tellsSize = tellsSize;
    this.seed = seed;
    this.onRead = onRead;
  }

  @Override
  public OptionalLong size() {
    return tellsSize ? OptionalLong.of(size) : OptionalLong.empty();
  }

  @Override
  public boolean reopens() {
    return true;
  }

  @Override
  public InputStream open() {
    opened.incrementAndGet();
    Random random = new Random(seed);
    return new InputStream() {
      private long left = size;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int from, int length) {
        if (left == 0) {
          return -1;
        }
        int count = (int) Math.min(left, length);
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, to, from, count);
        left -= count;
        read.addAndGet(count);
        onRead.run();
        return count;
      }
    };
  }
}
