package io.balsa.bench.load;

import io.balsa.client.model.Source;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * The bytes of an object: computed from three numbers, which its first bytes tell, so nothing needs
 * to be kept to check what is read. Equal numbers are equal bytes; different ones are different.
 *
 * @param seed of the run
 * @param owner whom the content was made for; {@link #SHARED} for bytes that many put
 * @param generation 1 and up
 */
record Content(long seed, int owner, long generation) {
  static final int SHARED = -1;
  static final int BYTES_MIN = 1 << 10;
  static final int BYTES_MAX = 12 << 20;

  /** Owner, generation, size. */
  static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  /**
   * Most objects are small, most bytes are in large ones: shares of a thousand, and up to where.
   */
  private static final int SMALL_OF_1000 = 700;

  private static final int MEDIUM_OF_1000 = 960;
  private static final int SMALL_BYTES_MAX = 64 << 10;
  private static final int MEDIUM_BYTES_MAX = 2 << 20;

  /** One number of the three, its bits well mixed (the finalizer of SplitMix64). */
  long state() {
    long z = seed + owner * 0x9e3779b97f4a7c15L + generation * 0xd1342543de82ef95L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Between {@link #BYTES_MIN} and {@link #BYTES_MAX}, evenly over their logarithms by class. */
  int size() {
    SplittableRandom random = new SplittableRandom(state());
    int share = random.nextInt(1_000);
    if (share < SMALL_OF_1000) {
      return between(random, BYTES_MIN, SMALL_BYTES_MAX);
    }
    return share < MEDIUM_OF_1000
        ? between(random, SMALL_BYTES_MAX, MEDIUM_BYTES_MAX)
        : between(random, MEDIUM_BYTES_MAX, BYTES_MAX);
  }

  private static int between(SplittableRandom random, int min, int max) {
    return (int) (min * Math.pow((double) max / min, random.nextDouble()));
  }

  Source source() {
    return Source.reopening(OptionalLong.of(size()), this::open);
  }

  InputStream open() {
    return new SequenceInputStream(
        new ByteArrayInputStream(header().array()),
        new RandomStream(state(), size() - HEADER_BYTES));
  }

  ByteBuffer header() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(owner)
        .putLong(generation)
        .putInt(size())
        .flip();
  }

  /** What these first bytes say that it is. */
  static Content ofHeader(long seed, ByteBuffer header) {
    return new Content(seed, header.getInt(), header.getLong());
  }

  @Override
  public String toString() {
    return (owner == SHARED ? "shared" : Integer.toString(owner)) + "#" + generation;
  }
}
