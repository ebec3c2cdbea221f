package io.balsa.service.cluster;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The real disk, whose forces can be made slow. Thread-safe. */
final class SlowDisk implements Disk {
  private final Disk real = Disk.real();
  private volatile Duration longer = Duration.ZERO;

  void slowBy(Duration given) {
    longer = given;
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new SlowFile(real.create(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new SlowFile(real.open(file));
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return real.openToRead(file);
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    real.createFolder(folder);
  }

  @Override
  public boolean exists(Path path) {
    return real.exists(path);
  }

  @Override
  public boolean isFolder(Path path) {
    return real.isFolder(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return real.list(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    real.rename(from, to);
  }

  @Override
  public void link(Path existing, Path second) throws IOException {
    real.link(existing, second);
  }

  @Override
  public void delete(Path path) throws IOException {
    real.delete(path);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    real.syncFolder(folder);
  }

  private final class SlowFile implements DiskFile {
    private final DiskFile file;

    SlowFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      return file.read(into, offset);
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      file.write(from, offset);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      try {
        Thread.sleep(longer);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
