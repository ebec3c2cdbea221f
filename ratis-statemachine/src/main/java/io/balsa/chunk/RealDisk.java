package io.balsa.chunk;

import io.balsa.model.LogKeys;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Disk} on the JDK's channels. No state. */
final class RealDisk implements Disk {
  private static final Logger LOG = LoggerFactory.getLogger(RealDisk.class);

  /** A cable, a controller or a busy drive may fail once; a bad sector goes on failing. */
  private static final int READ_TRIES_MAX = 3;

  private static final Duration READ_PAUSE = Duration.ofMillis(100);

  /** Something that only reads. */
  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException;
  }

  private static <T> T patiently(Path path, Reading<T> reading) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return reading.run();
      } catch (IOException e) {
        if (!UnreadableFile.isOfTheMedium(e)) {
          throw e;
        }
        if (tries == READ_TRIES_MAX) {
          throw new UnreadableFile(path, e);
        }
        if (tries == 1) {
          LOG.atWarn()
              .addKeyValue(LogKeys.FILE, path)
              .setCause(e)
              .log("the disk does not read a file, trying again");
        }
        LockSupport.parkNanos(READ_PAUSE.toNanos());
      }
    }
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new ChannelFile(
        file,
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return openPatiently(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return openPatiently(file, StandardOpenOption.READ);
  }

  private static DiskFile openPatiently(Path file, OpenOption... options) throws IOException {
    return patiently(file, () -> new ChannelFile(file, FileChannel.open(file, options)));
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    Files.createDirectory(folder);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void link(Path existing, Path second) throws IOException {
    Files.createLink(second, existing);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A file on a {@link FileChannel}, by absolute offsets only. */
  private record ChannelFile(Path path, FileChannel channel) implements DiskFile {
    /**
     * The JDK copies heap buffers through a direct buffer that it keeps for each thread; in steps,
     * that buffer stays small whatever the payload is.
     */
    private static final int STEP_BYTES_MAX = 1 << 20;

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      int start = into.position();
      int end = into.limit();
      try {
        while (into.position() < end) {
          into.limit(Math.min(end, into.position() + STEP_BYTES_MAX));
          long at = offset + into.position() - start;
          if (patiently(path, () -> channel.read(into, at)) < 0) {
            break;
          }
        }
      } finally {
        into.limit(end);
      }
      return into.position() - start;
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      int start = from.position();
      int end = from.limit();
      try {
        while (from.position() < end) {
          from.limit(Math.min(end, from.position() + STEP_BYTES_MAX));
          if (channel.write(from, offset + from.position() - start) <= 0) {
            throw new EOFException("the file takes no more bytes");
          }
        }
      } finally {
        from.limit(end);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
