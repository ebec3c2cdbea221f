package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.Sha256;
import io.balsa.snapshot.SnapshotManifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What of a snapshot is surely on disk, so that a transfer goes on after a crash: a list of slices,
 * each written only after its bytes were forced. Whoever goes on reads the bytes again and believes
 * them only as far as their sums agree; a slice that the list lost is received again. The list is
 * not forced itself. Bytes in docs/formats/snapshot.md. One thread.
 */
final class ReceivedSlices implements AutoCloseable {
  private static final String BEGUN = SnapshotMarker.RESERVED + "BEGUN";
  private static final String SLICES = SnapshotMarker.RESERVED + "SLICES";
  private static final int RECORD_BYTES = 4 + 8 + 8 + 4 + 4;
  private static final int STEP_BYTES = 1 << 20;

  private final DiskFile list;
  private long end;

  private ReceivedSlices(DiskFile list) {
    this.list = list;
  }

  /**
   * Some bytes of a file.
   *
   * @param from the first one
   * @param to behind the last one
   * @param crc32c of them
   */
  record Slice(long from, long to, int crc32c) {}

  /** The manifest of the transfer that began in a folder; empty where none did. */
  static Optional<SnapshotManifest> manifest(Disk disk, Path staging) throws IOException {
    return SnapshotMarker.decode(disk, staging.resolve(BEGUN));
  }

  /**
   * Begins a list, over what was there. The manifest is durable on return.
   *
   * @param staging exists
   */
  static ReceivedSlices begin(Disk disk, Path staging, SnapshotManifest manifest)
      throws IOException {
    delete(disk, staging);
    try (DiskFile begun = disk.create(staging.resolve(BEGUN))) {
      begun.write(manifest.encode(), 0);
      begun.sync();
    }
    DiskFile list = disk.create(staging.resolve(SLICES));
    disk.syncFolder(staging);
    return new ReceivedSlices(list);
  }

  /** Deletes list and manifest. */
  static void delete(Disk disk, Path staging) throws IOException {
    for (String name : new String[] {SLICES, BEGUN}) {
      if (disk.exists(staging.resolve(name))) {
        disk.delete(staging.resolve(name));
      }
    }
  }

  /** Notes a slice whose bytes were forced. */
  void add(int file, Slice slice) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    record.putInt(file).putLong(slice.from).putLong(slice.to).putInt(slice.crc32c);
    record.putInt(crc(record.duplicate().flip()));
    list.write(record.flip(), end);
    end += RECORD_BYTES;
  }

  /**
   * How many bytes of each file the list vouches for, by path and as the earlier transfer's
   * manifest describes the file. Nothing of this is checked against the files yet.
   */
  static Map<Entry, Map<Long, Slice>> read(Disk disk, Path staging) throws IOException {
    Optional<SnapshotManifest> begun = manifest(disk, staging);
    Map<Entry, Map<Long, Slice>> slices = new HashMap<>();
    if (begun.isEmpty() || !disk.exists(staging.resolve(SLICES))) {
      return slices;
    }
    try (DiskFile list = disk.openToRead(staging.resolve(SLICES))) {
      ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
      for (long at = 0; list.read(record.clear(), at) == RECORD_BYTES; at += RECORD_BYTES) {
        int file = record.getInt(0);
        boolean isWhole = crc(record.slice(0, RECORD_BYTES - 4)) == record.getInt(RECORD_BYTES - 4);
        if (!isWhole || file < 0 || file >= begun.get().entries().size()) {
          break;
        }
        Slice slice = new Slice(record.getLong(4), record.getLong(12), record.getInt(20));
        slices
            .computeIfAbsent(begun.get().entries().get(file), _ -> new HashMap<>())
            .put(slice.from, slice);
      }
    } catch (UnreadableFile e) {
      return slices; // As far as it could be read.
    }
    return slices;
  }

  /**
   * What of a file is as the list says, from its beginning.
   *
   * @param bytes that agree with their sums; all of the file only if its digest is right, too
   * @param slices that make up these bytes, by where they begin
   */
  record Verified(long bytes, Map<Long, Slice> slices) {}

  /** Reads a file as far as it agrees with its slices. */
  static Verified verify(DiskFile file, Entry entry, Map<Long, Slice> slices) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    Map<Long, Slice> verified = new HashMap<>();
    long at = 0;
    for (Slice slice = slices.get(at); slice != null; slice = slices.get(at)) {
      if (slice.to <= at || slice.to > entry.bytes() || !agrees(file, slice, digest)) {
        return new Verified(at, verified);
      }
      verified.put(at, slice);
      at = slice.to;
    }
    boolean isWrong =
        at == entry.bytes() && !Sha256.fromBytes(digest.digest()).equals(entry.digest());
    return new Verified(isWrong ? 0 : at, verified);
  }

  private static boolean agrees(DiskFile file, Slice slice, MessageDigest digest)
      throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer step = ByteBuffer.allocate(STEP_BYTES);
    for (long at = slice.from; at < slice.to; at += step.limit()) {
      step.clear().limit((int) Math.min(STEP_BYTES, slice.to - at));
      if (!fill(file, step, at)) {
        return false;
      }
      crc.update(step.flip());
      digest.update(step.rewind());
    }
    return (int) crc.getValue() == slice.crc32c;
  }

  private static boolean fill(DiskFile file, ByteBuffer step, long at) throws IOException {
    try {
      return file.read(step, at) == step.limit();
    } catch (UnreadableFile e) {
      return false;
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    list.close();
  }
}
