package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.failpoint.Failpoint;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.snapshot.SnapshotManifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * A snapshot to send: a folder of hard links or copies that its owner made and keeps until nobody
 * reads from it any more. Files must not change, except that a file may grow behind a prefix that
 * the owner named. Safe on every thread; holds no file open between calls.
 */
public final class SnapshotSource {
  /** Bytes that one read gives. */
  public static final int READ_BYTES_MAX = 4 << 20;

  private final Disk disk;
  private final Path folder;
  private final SnapshotManifest manifest;
  private final Map<String, Entry> entries = new TreeMap<>();

  private SnapshotSource(Disk disk, Path folder, SnapshotManifest manifest) {
    this.disk = disk;
    this.folder = folder;
    this.manifest = manifest;
    for (Entry entry : manifest.entries()) {
      entries.put(entry.relativePath(), entry);
    }
  }

  /**
   * Lists a folder with all below it and reads every file once, for its digest. A marker that an
   * earlier install left in the folder is not part of the snapshot.
   *
   * @param prefixes for files of which only the first bytes belong to the snapshot, by relative
   *     path; for the pack that still grows this is {@link io.balsa.chunk.PackFile#bytes}
   * @throws InvalidField a file has a name that a snapshot does not carry, or there are too many
   * @throws IOException also if a file is shorter than its prefix
   */
  public static SnapshotSource of(
      Disk disk, Path folder, GroupName group, LogPosition position, Map<String, Long> prefixes)
      throws IOException {
    Map<String, Entry> found = new TreeMap<>();
    list(disk, folder, "", prefixes, found);
    for (String prefix : prefixes.keySet()) {
      if (!found.containsKey(prefix)) {
        throw new InvalidField("prefixes", prefix, "files of the folder");
      }
    }
    SnapshotManifest manifest =
        new SnapshotManifest(
            group,
            position,
            found.values().stream().sorted(Comparator.comparing(Entry::relativePath)).toList());
    return new SnapshotSource(disk, folder, manifest);
  }

  /** What the snapshot consists of. */
  public SnapshotManifest manifest() {
    return manifest;
  }

  /**
   * Reads a piece of a file.
   *
   * @param length 1 to {@link #READ_BYTES_MAX}; fewer bytes come at the end of the file, none
   *     behind it
   * @return the caller's to keep
   * @throws InvalidField no such file in this snapshot, or a number out of range
   * @throws CorruptSnapshot the file is shorter than it was
   */
  public ByteBuffer read(String relativePath, long offset, int length) throws IOException {
    Entry entry = entries.get(relativePath);
    if (entry == null) {
      throw new InvalidField("snapshot.path", relativePath, "a file of the manifest");
    }
    Limits.require("snapshot.offset", offset, 0, entry.bytes());
    Limits.require("snapshot.length", length, 1, READ_BYTES_MAX);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, entry.bytes() - offset));
    Path path = folder.resolve(relativePath);
    Failpoint.SNAPSHOT_READ.before(path);
    try (DiskFile file = disk.openToRead(path)) {
      if (file.read(bytes, offset) < bytes.capacity()) {
        throw new CorruptSnapshot(relativePath + " is shorter than it was");
      }
    }
    Failpoint.SNAPSHOT_READ.after(path);
    return bytes.flip();
  }

  /** The digest of a file's first bytes. */
  static Sha256 digest(DiskFile file, long bytes) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    ByteBuffer step = ByteBuffer.allocate(Math.clamp(bytes, 1, 1 << 20));
    for (long offset = 0; offset < bytes; offset += step.limit()) {
      step.clear().limit((int) Math.min(step.capacity(), bytes - offset));
      if (file.read(step, offset) < step.limit()) {
        throw new CorruptSnapshot("a file ends before its " + bytes + " bytes");
      }
      digest.update(step.flip());
    }
    return Sha256.fromBytes(digest.digest());
  }

  private static void list(
      Disk disk, Path at, String prefix, Map<String, Long> prefixes, Map<String, Entry> found)
      throws IOException {
    for (Path child : disk.list(at)) {
      String path = prefix + child.getFileName();
      if (disk.isFolder(child)) {
        list(disk, child, path + "/", prefixes, found);
      } else if (!path.startsWith(SnapshotMarker.RESERVED)) {
        try (DiskFile file = disk.openToRead(child)) {
          Long only = prefixes.get(path);
          long bytes = only == null ? file.size() : only;
          found.put(path, new Entry(path, bytes, digest(file, bytes)));
        }
      }
    }
  }
}
