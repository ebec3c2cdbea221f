package io.balsa.chaos.disk;

import io.balsa.chunk.DiskFile;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Stores that are but files with drawn bytes, and snapshots of them. */
final class SnapshotFiles {
  private static final String RESERVED = "SNAPSHOT-";

  private SnapshotFiles() {}

  /** Draws some. */
  static Map<String, byte[]> files(Random random) {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      byte[] bytes = new byte[random.nextInt(1_500)];
      random.nextBytes(bytes);
      files.put(random.nextBoolean() ? "index/f" + i : "pack-" + i, bytes);
    }
    return files;
  }

  /** Makes a store of them, as good as forced. */
  static void write(RecordingDisk disk, Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Path path = folder.resolve(entry.getKey());
      disk.createFolders(path.getParent());
      try (DiskFile file = disk.create(path)) {
        file.write(ByteBuffer.wrap(entry.getValue()), 0);
      }
    }
  }

  /** Receives a snapshot of them. */
  static void receive(RecordingDisk disk, Path staging, Map<String, byte[]> fresh, boolean whole)
      throws IOException {
    SnapshotManifest manifest = manifest(fresh);
    try (SnapshotReceiver receiver = SnapshotReceiver.begin(disk, staging, manifest)) {
      for (Map.Entry<String, byte[]> entry : fresh.entrySet()) {
        receiver.accept(entry.getKey(), 0, ByteBuffer.wrap(entry.getValue()));
      }
      if (whole) {
        receiver.finish();
      }
    }
  }

  static SnapshotManifest manifest(Map<String, byte[]> files) {
    List<SnapshotManifest.Entry> entries = new ArrayList<>();
    files.forEach(
        (path, bytes) -> {
          Sha256 digest = Sha256.of(ByteBuffer.wrap(bytes));
          entries.add(new SnapshotManifest.Entry(path, bytes.length, digest));
        });
    return new SnapshotManifest(new GroupName("chunks-1"), new LogPosition(1, 7), entries);
  }

  /** What can be compared. */
  static Map<String, String> text(Map<String, byte[]> files) {
    Map<String, String> text = new TreeMap<>();
    files.forEach((path, bytes) -> text.put(path, HexFormat.of().formatHex(bytes)));
    return text;
  }

  /** All files but those that say how far a transfer is. */
  static Map<String, String> read(RecordingDisk disk, Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    if (disk.exists(folder)) {
      read(disk, folder, "", files);
    }
    files.keySet().removeIf(name -> name.startsWith(RESERVED));
    return text(files);
  }

  private static void read(
      RecordingDisk disk, Path folder, String prefix, Map<String, byte[]> files)
      throws IOException {
    for (Path child : disk.list(folder)) {
      String name = prefix + child.getFileName();
      if (disk.isFolder(child)) {
        read(disk, child, name + "/", files);
      } else {
        try (DiskFile file = disk.openToRead(child)) {
          ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
          file.read(bytes, 0);
          files.put(name, bytes.array());
        }
      }
    }
  }
}
