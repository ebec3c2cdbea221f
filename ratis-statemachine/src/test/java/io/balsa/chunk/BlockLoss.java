package io.balsa.chunk;

import io.balsa.model.PackLocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The real disk, which cannot read one block of one file.
 *
 * @param start of the block, a multiple of its size
 */
record BlockLoss(Path path, long start) implements Disk {
  static final int BLOCK_BYTES = 4 << 10;
  private static final Disk REAL = Disk.real();

  /** Whether a record has no byte in the block. */
  boolean spares(PackLocation location) {
    return PackFormat.endOf(location).offset() <= start || location.offset() >= start + BLOCK_BYTES;
  }

  private DiskFile hurt(Path file, DiskFile real) {
    return file.equals(path) ? new Hurt(real) : real;
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return REAL.create(file);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return hurt(file, REAL.open(file));
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return hurt(file, REAL.openToRead(file));
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    REAL.createFolder(folder);
  }

  @Override
  public boolean exists(Path file) {
    return REAL.exists(file);
  }

  @Override
  public boolean isFolder(Path file) {
    return REAL.isFolder(file);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    return REAL.list(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    REAL.rename(from, to);
  }

  @Override
  public void link(Path existing, Path second) throws IOException {
    REAL.link(existing, second);
  }

  @Override
  public void delete(Path file) throws IOException {
    REAL.delete(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    REAL.syncFolder(folder);
  }

  private final class Hurt implements DiskFile {
    private final DiskFile real;

    Hurt(DiskFile real) {
      this.real = real;
    }

    private void refuse(long offset, int bytes) throws IOException {
      if (offset < start + BLOCK_BYTES && offset + bytes > start) {
        throw new UnreadableFile(path, new IOException("Input/output error"));
      }
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
      refuse(offset, (int) Math.min(into.remaining(), Math.max(0, real.size() - offset)));
      return real.read(into, offset);
    }

    /** A part of a block that cannot be read cannot be written either. */
    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
      refuse(offset, from.remaining());
      real.write(from, offset);
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      real.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      real.sync();
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
