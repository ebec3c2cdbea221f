package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.BrokenInvariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file that says that a received snapshot is whole: the encoded manifest, written last. It
 * stays in the folder after the swap and tells where the folder came from. No state.
 */
final class SnapshotMarker {
  /** The marker's name in the snapshot's folder; no file of a snapshot has it. */
  static final String NAME = "SNAPSHOT-COMPLETE";

  /** How the names of a snapshot's own files begin, which no file in a snapshot does. */
  static final String RESERVED = "SNAPSHOT-";

  private static final String UNBORN = NAME + ".new";

  private SnapshotMarker() {}

  /** Writes the marker; durable on return. All files must be durable before. */
  static void write(Disk disk, Path folder, SnapshotManifest manifest) throws IOException {
    Path unborn = folder.resolve(UNBORN);
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    try (DiskFile file = disk.create(unborn)) {
      file.write(manifest.encode(), 0);
      file.sync();
    }
    disk.rename(unborn, folder.resolve(NAME));
    disk.syncFolder(folder);
  }

  /**
   * Reads the marker of a folder; empty if there is none, if it is damaged, or if a file that it
   * names is missing or has another length. Contents were checked before the marker was written.
   */
  static Optional<SnapshotManifest> read(Disk disk, Path folder) throws IOException {
    Optional<SnapshotManifest> manifest = readManifest(disk, folder);
    if (manifest.isPresent()) {
      for (SnapshotManifest.Entry entry : manifest.get().entries()) {
        Path path = folder.resolve(entry.relativePath());
        if (!disk.exists(path) || sizeOf(disk, path) != entry.bytes()) {
          return Optional.empty();
        }
      }
    }
    return manifest;
  }

  /** Reads the marker of a folder; empty if there is none, or if it is damaged. */
  static Optional<SnapshotManifest> readManifest(Disk disk, Path folder) throws IOException {
    return decode(disk, folder.resolve(NAME));
  }

  /** Reads a manifest; empty if there is none, or if it is damaged. */
  static Optional<SnapshotManifest> decode(Disk disk, Path marker) throws IOException {
    if (!disk.exists(marker)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SnapshotManifest.decode(bytes(disk, marker)));
    } catch (CorruptSnapshot | UnreadableFile e) {
      return Optional.empty();
    }
  }

  private static ByteBuffer bytes(Disk disk, Path marker) throws IOException {
    try (DiskFile file = disk.openToRead(marker)) {
      if (file.size() > SnapshotManifest.ENCODED_BYTES_MAX) {
        throw new CorruptSnapshot("a marker of " + file.size() + " bytes");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      int read = file.read(bytes, 0);
      BrokenInvariant.check(read == bytes.capacity(), "nobody changes a marker", marker, read);
      return bytes.flip();
    }
  }

  private static long sizeOf(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.openToRead(path)) {
      return file.size();
    }
  }
}
