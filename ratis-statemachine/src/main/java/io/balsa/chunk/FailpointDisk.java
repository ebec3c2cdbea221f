package io.balsa.chunk;

import io.balsa.failpoint.Failpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A disk that passes the failpoints at each step that changes something. */
record FailpointDisk(Disk disk) implements Disk {
  @Override
  public DiskFile create(Path file) throws IOException {
    Failpoint.DISK_CREATE.before(file);
    DiskFile created = new FailpointFile(file, disk.create(file));
    Failpoint.DISK_CREATE.after(file);
    return created;
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new FailpointFile(file, disk.open(file));
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return disk.openToRead(file);
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    Failpoint.DISK_CREATE_FOLDER.before(folder);
    disk.createFolder(folder);
    Failpoint.DISK_CREATE_FOLDER.after(folder);
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isFolder(Path path) {
    return disk.isFolder(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return disk.list(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Failpoint.DISK_RENAME.before(to);
    disk.rename(from, to);
    Failpoint.DISK_RENAME.after(to);
  }

  @Override
  public void link(Path existing, Path second) throws IOException {
    Failpoint.DISK_LINK.before(second);
    disk.link(existing, second);
    Failpoint.DISK_LINK.after(second);
  }

  @Override
  public void delete(Path path) throws IOException {
    Failpoint.DISK_DELETE.before(path);
    disk.delete(path);
    Failpoint.DISK_DELETE.after(path);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    Failpoint.DISK_SYNC_FOLDER.before(folder);
    disk.syncFolder(folder);
    Failpoint.DISK_SYNC_FOLDER.after(folder);
  }

  private record FailpointFile(Path path, DiskFile file) implements DiskFile {
    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      return file.read(into, offset);
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      Failpoint.DISK_WRITE.before(path);
      if (Failpoint.isArmed()) {
        writeInTwo(from, offset);
      } else {
        file.write(from, offset);
      }
      Failpoint.DISK_WRITE.after(path);
    }

    /** As a write that a kill cuts short: the operating system does a large one in parts. */
    private void writeInTwo(ByteBuffer from, long offset) throws IOException {
      int half = from.remaining() / 2;
      int end = from.limit();
      from.limit(from.position() + half);
      file.write(from, offset);
      Failpoint.DISK_WRITE.midway(path);
      from.limit(end);
      file.write(from, offset + half);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      Failpoint.DISK_TRUNCATE.before(path);
      file.truncate(size);
      Failpoint.DISK_TRUNCATE.after(path);
    }

    @Override
    public void sync() throws IOException {
      Failpoint.DISK_SYNC.before(path);
      file.sync();
      Failpoint.DISK_SYNC.after(path);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
