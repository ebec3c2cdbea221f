package io.balsa.service;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** What a disk does to one file of a node that is down. */
enum FileDamage {
  /** One bit is another one. */
  FLIP {
    @Override
    String strike(Path file, RandomGenerator random) throws IOException {
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        if (bytes.length() == 0) {
          return "empty";
        }
        long offset = random.nextLong(usedBytes(bytes));
        int bit = random.nextInt(8);
        bytes.seek(offset);
        int old = bytes.read();
        bytes.seek(offset);
        bytes.write(old ^ (1 << bit));
        return "bit " + bit + " of byte " + offset + " of " + bytes.length();
      }
    }
  },
  /** The end is gone. */
  CUT {
    @Override
    String strike(Path file, RandomGenerator random) throws IOException {
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        long length = bytes.length();
        long left = length == 0 ? 0 : random.nextLong(usedBytes(bytes));
        bytes.setLength(left);
        return left + " of " + length + " bytes left";
      }
    }
  },
  /** All of it is gone. */
  DELETE {
    @Override
    String strike(Path file, RandomGenerator random) throws IOException {
      Files.delete(file);
      return "deleted";
    }
  };

  /** Damages a file, and says how. */
  abstract String strike(Path file, RandomGenerator random) throws IOException;

  /** Zeros at the end are space that was reserved: damage there would be a chance missed. */
  private static long usedBytes(RandomAccessFile file) throws IOException {
    byte[] block = new byte[64 << 10];
    for (long end = file.length(); end > 0; ) {
      int length = (int) Math.min(block.length, end);
      file.seek(end - length);
      file.readFully(block, 0, length);
      for (int at = length - 1; at >= 0; at--) {
        if (block[at] != 0) {
          return end - length + at + 1;
        }
      }
      end -= length;
    }
    return Math.max(1, file.length());
  }
}
