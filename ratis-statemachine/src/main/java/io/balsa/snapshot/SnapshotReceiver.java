package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.snapshot.SnapshotManifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Receives a snapshot into a folder of its own. Each file comes from its start to its end; the
 * files come in any order. The folder counts as a snapshot only once {@link #finish} has returned.
 *
 * <p>Not thread-safe. After an {@link IOException} the receiver is of no more use: close it and
 * begin again, which starts from nothing.
 */
public final class SnapshotReceiver implements AutoCloseable {
  private final Disk disk;
  private final Path staging;
  private final SnapshotManifest manifest;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Long> received = new HashMap<>();
  private @Nullable Entry current;
  private @Nullable DiskFile currentFile;

  private SnapshotReceiver(Disk disk, Path staging, SnapshotManifest manifest) {
    this.disk = disk;
    this.staging = staging;
    this.manifest = manifest;
    for (Entry entry : manifest.entries()) {
      entries.put(entry.relativePath(), entry);
    }
  }

  /**
   * Begins with an empty folder; whatever was in it is deleted, its marker first.
   *
   * @param staging {@link SnapshotSwap#staging} of the folder that the snapshot is for
   */
  public static SnapshotReceiver begin(Disk disk, Path staging, SnapshotManifest manifest)
      throws IOException {
    if (disk.exists(staging)) {
      SnapshotSwap.deleteStaging(disk, staging);
    }
    disk.createFolders(staging);
    return new SnapshotReceiver(disk, staging, manifest);
  }

  /** How much of a file has come: where its next piece begins. */
  public long received(String relativePath) {
    return received.getOrDefault(entry(relativePath).relativePath(), 0L);
  }

  /**
   * Takes the next piece of a file. Not durable, and not checked before {@link #finish}.
   *
   * @param offset {@link #received} of this file
   * @param bytes no more than the file still lacks; consumed wholly
   * @throws InvalidField not a file of the manifest, not its next piece, or too much; nothing was
   *     written, and the receiver stays usable
   */
  public void accept(String relativePath, long offset, ByteBuffer bytes) throws IOException {
    Entry entry = entry(relativePath);
    long next = received(relativePath);
    Limits.require("snapshot.offset", offset, next, next);
    int length = bytes.remaining();
    Limits.require("snapshot.length", length, 0, entry.bytes() - next);
    open(entry).write(bytes, offset);
    received.put(relativePath, next + length);
  }

  /**
   * Checks every file against the manifest, makes files and folders durable, and then says so with
   * the marker, last. On return the folder is a snapshot that outlives a power loss.
   *
   * @throws CorruptSnapshot a file is not what its source had, or not wholly here
   */
  public void finish() throws IOException {
    closeCurrent();
    Set<Path> folders = new TreeSet<>();
    for (Entry entry : manifest.entries()) {
      Path path = staging.resolve(entry.relativePath());
      settle(entry, path);
      for (Path at = path.getParent(); at != null && at.startsWith(staging); at = at.getParent()) {
        folders.add(at);
      }
    }
    for (Path folder : folders) {
      disk.syncFolder(folder);
    }
    SnapshotMarker.write(disk, staging, manifest);
  }

  /** Lets go of the folder, which is no snapshot unless {@link #finish} has returned. */
  @Override
  public void close() throws IOException {
    closeCurrent();
  }

  private void settle(Entry entry, Path path) throws IOException {
    if (received(entry.relativePath()) != entry.bytes()) {
      throw new CorruptSnapshot(entry.relativePath() + " is not wholly here");
    }
    try (DiskFile file = disk.exists(path) ? disk.open(path) : create(path)) {
      file.sync();
      // Read back from the file, not summed up on the way: this checks what will be used.
      if (file.size() != entry.bytes()
          || SnapshotSource.crc32c(file, entry.bytes()) != entry.crc32c()) {
        throw new CorruptSnapshot(entry.relativePath() + " is not what its source had");
      }
    }
  }

  private Entry entry(String relativePath) {
    Entry entry = entries.get(relativePath);
    if (entry == null) {
      throw new InvalidField("snapshot.path", relativePath, "a file of the manifest");
    }
    return entry;
  }

  private DiskFile open(Entry entry) throws IOException {
    if (currentFile != null && entry.equals(current)) {
      return currentFile;
    }
    closeCurrent();
    Path path = staging.resolve(entry.relativePath());
    DiskFile file = disk.exists(path) ? disk.open(path) : create(path);
    current = entry;
    currentFile = file;
    return file;
  }

  private DiskFile create(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      disk.createFolders(parent);
    }
    return disk.create(path);
  }

  private void closeCurrent() throws IOException {
    DiskFile file = currentFile;
    currentFile = null;
    current = null;
    if (file != null) {
      file.close();
    }
  }
}
