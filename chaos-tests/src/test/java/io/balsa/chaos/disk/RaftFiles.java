package io.balsa.chaos.disk;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Files of Ratis 3.3.0 as the node's own readers see them. */
final class RaftFiles {
  private static final int TERM_TAG = 1 << 3;
  private static final int INDEX_TAG = 2 << 3;

  private RaftFiles() {}

  /** The bytes in front of a segment's first entry. */
  static ByteBuffer header() {
    return StandardCharsets.US_ASCII.encode("RaftLog1");
  }

  /** Entries of one term without anything in them, from one index up to another one, inclusive. */
  static ByteBuffer entries(int term, int first, int last) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int index = first; index <= last; index++) {
      byte[] entry =
          index == 0
              ? new byte[] {2, TERM_TAG, (byte) term}
              : new byte[] {4, TERM_TAG, (byte) term, INDEX_TAG, (byte) index};
      bytes.writeBytes(entry);
      CRC32C crc = new CRC32C();
      crc.update(entry);
      bytes.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** Makes a segment and forces it, not its name. */
  static void segment(Disk disk, Path path, ByteBuffer entries) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(header().remaining() + entries.remaining());
    write(disk, path, bytes.put(header()).put(entries).flip());
  }

  /** Makes a vote file and forces it, not its name. */
  static void vote(Disk disk, Path current, int term, String votedFor) throws IOException {
    String text = "#\nvotedFor=" + votedFor + "\nterm=" + term + "\n";
    write(disk, current.resolve("raft-meta"), StandardCharsets.US_ASCII.encode(text));
  }

  private static void write(Disk disk, Path path, ByteBuffer bytes) throws IOException {
    try (DiskFile file = disk.create(path)) {
      file.write(bytes, 0);
      file.sync();
    }
  }
}
