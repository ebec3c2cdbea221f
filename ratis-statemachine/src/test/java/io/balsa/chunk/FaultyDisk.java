package io.balsa.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real disk with somebody in the door: counts operations that change something, and throws
 * before those that a test picks.
 */
public final class FaultyDisk implements Disk {
  /** What a test does before an operation, by its name, such as "sync" or "rename". */
  public interface Fault {
    /** Throws to fail the operation. */
    void before(String operation) throws IOException;
  }

  private final Disk real = Disk.real();
  private volatile Fault fault = operation -> {};
  final AtomicInteger syncs = new AtomicInteger();

  /** Goes before every later operation. */
  public void set(Fault fault) {
    this.fault = fault;
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    fault.before("create");
    return new Watched(real.create(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new Watched(real.open(file));
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return new Watched(real.openToRead(file));
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    fault.before("createFolder");
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
    fault.before("rename");
    real.rename(from, to);
  }

  @Override
  public void link(Path existing, Path second) throws IOException {
    fault.before("link");
    real.link(existing, second);
  }

  @Override
  public void delete(Path path) throws IOException {
    fault.before("delete");
    real.delete(path);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    fault.before("syncFolder");
    real.syncFolder(folder);
  }

  private final class Watched implements DiskFile {
    private final DiskFile file;

    Watched(DiskFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      fault.before("read");
      return file.read(into, offset);
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      fault.before("write");
      file.write(from, offset);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      fault.before("truncate");
      file.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      syncs.incrementAndGet();
      fault.before("sync");
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
