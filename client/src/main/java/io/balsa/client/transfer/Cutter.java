package io.balsa.client.transfer;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.client.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Cuts a stream into chunks and hashes it, once: each chunk, and the whole. Not thread-safe; the
 * caller closes the stream.
 */
final class Cutter {
  private static final int NOTHING_AHEAD = -1;

  private final InputStream in;
  private final int chunkBytes;
  private final MessageDigest whole = Sha256.newDigest();
  // What is expected still; a hint for the size of buffers only, since a file may grow or shrink.
  private long expected;
  private int ahead = NOTHING_AHEAD;
  private boolean over;
  private long size;
  private Optional<Sha256> onlyChunk = Optional.empty();

  Cutter(InputStream in, int chunkBytes, OptionalLong expectedSize) {
    this.in = in;
    this.chunkBytes = chunkBytes;
    this.expected = expectedSize.orElse(Long.MAX_VALUE);
  }

  /** The memory that the next chunk takes. */
  int nextCapacity() {
    return (int) Math.max(1, Math.min(expected, chunkBytes));
  }

  /** The next chunk; empty at the end. */
  Optional<Piece> next() throws IOException {
    if (over) {
      return Optional.empty();
    }
    byte[] buffer = new byte[nextCapacity()];
    int length = fill(buffer);
    // One byte further tells the end, so that the only chunk is known to be that.
    ahead = length == buffer.length ? in.read() : NOTHING_AHEAD;
    over = ahead == NOTHING_AHEAD;
    boolean only = over && size == 0;
    size += length;
    expected = over ? 0 : expected == Long.MAX_VALUE ? expected : Math.max(0, expected - length);
    if (!over && expected == 0) {
      expected = Long.MAX_VALUE; // longer than it said
    }
    if (length == 0) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
    Sha256 id = Sha256.of(bytes);
    if (only) {
      onlyChunk = Optional.of(id);
    } else {
      whole.update(buffer, 0, length);
    }
    return Optional.of(new Piece(id, UnsafeByteOperations.unsafeWrap(bytes)));
  }

  private int fill(byte[] buffer) throws IOException {
    int length = 0;
    if (ahead != NOTHING_AHEAD) {
      buffer[length++] = (byte) ahead;
    }
    return length + in.readNBytes(buffer, length, buffer.length - length);
  }

  /** True after the last chunk. */
  boolean isOver() {
    return over;
  }

  /** Bytes so far. */
  long size() {
    return size;
  }

  /** SHA-256 of everything; to be asked once, at the end. */
  Sha256 digest() {
    return onlyChunk.orElseGet(() -> Sha256.fromBytes(whole.digest()));
  }
}
