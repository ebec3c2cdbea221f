package io.balsa.cli.transfer;

import io.balsa.client.model.Source;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/** Streams that tell how many bytes passed. What is read a second time is told a second time. */
public final class Counted {
  private Counted() {}

  /** A source whose streams tell how many bytes were read. */
  public static Source source(Source source, LongConsumer bytes) {
    return new Source() {
      @Override
      public OptionalLong size() {
        return source.size();
      }

      @Override
      public boolean reopens() {
        return source.reopens();
      }

      @Override
      public InputStream open() throws IOException {
        return input(source.open(), bytes);
      }
    };
  }

  /** A stream that tells how many bytes were read. */
  static InputStream input(InputStream stream, LongConsumer bytes) {
    return new FilterInputStream(stream) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
          bytes.accept(1);
        }
        return read;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        if (read > 0) {
          bytes.accept(read);
        }
        return read;
      }
    };
  }

  /** A stream that tells how many bytes were written. */
  public static OutputStream output(OutputStream stream, LongConsumer bytes) {
    return new FilterOutputStream(stream) {
      @Override
      public void write(int one) throws IOException {
        out.write(one);
        bytes.accept(1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        bytes.accept(length);
      }
    };
  }
}
