package io.balsa.client.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where an object's bytes come from. The SDK opens it, reads it once from begin to end, and closes
 * what it opened; it may open it again where the cluster asks for the bytes once more.
 */
public interface Source {
  /** How many bytes are expected; only a hint for memory, since a file may change while read. */
  OptionalLong size();

  /** True where {@link #open} gives the same bytes again. */
  boolean reopens();

  /**
   * Opens the bytes; the caller closes the stream.
   *
   * @throws IOException if they cannot be had, or only once and that has been
   */
  InputStream open() throws IOException;

  /**
   * A file.
   *
   * @throws IOException if it is no regular file or cannot be asked
   */
  static Source of(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("no regular file: " + file);
    }
    return new Reopening(OptionalLong.of(Files.size(file)), () -> Files.newInputStream(file));
  }

  /** Bytes in memory; the caller leaves them unchanged until the put is done. */
  static Source of(byte[] bytes) {
    return new Reopening(OptionalLong.of(bytes.length), () -> new ByteArrayInputStream(bytes));
  }

  /** Bytes from wherever the opener gets them, the same each time. */
  static Source reopening(OptionalLong size, Opener opener) {
    return new Reopening(size, opener);
  }

  /** A stream of unknown length that can be read once, such as standard input. */
  static Source once(InputStream stream) {
    AtomicBoolean opened = new AtomicBoolean();
    return new Source() {
      @Override
      public OptionalLong size() {
        return OptionalLong.empty();
      }

      @Override
      public boolean reopens() {
        return false;
      }

      @Override
      public InputStream open() throws IOException {
        if (!opened.compareAndSet(false, true)) {
          throw new IOException("this source can be read only once");
        }
        return stream;
      }
    };
  }

  /** Opens a stream. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it; the caller closes it.
     *
     * @throws IOException if it cannot be had
     */
    InputStream open() throws IOException;
  }

  /**
   * A source that opens as often as wanted.
   *
   * @param size how many bytes are expected
   * @param opener opens them
   */
  record Reopening(OptionalLong size, Opener opener) implements Source {
    @Override
    public boolean reopens() {
      return true;
    }

    @Override
    public InputStream open() throws IOException {
      return opener.open();
    }
  }
}
