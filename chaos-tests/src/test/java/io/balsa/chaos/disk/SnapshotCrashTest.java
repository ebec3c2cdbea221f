package io.balsa.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.DiskFile;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import io.balsa.snapshot.SnapshotSwap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A snapshot's install after a power cut. */
class SnapshotCrashTest {
  private static final Path LIVE = Path.of("/data/chunks/1");
  private static final String MARKER = "SNAPSHOT-COMPLETE";
  private static final String RESERVED = "SNAPSHOT-";

  /** What the receiving node had said. */
  private enum Said {
    WHOLE,
    DECIDED,
    LIVE
  }

  @AfterAll
  static void tellTheCount() {
    System.err.println("crash states tried: " + CrashStates.tried());
  }

  @ParameterizedTest
  @MethodSource("io.balsa.chaos.disk.Seeds#many")
  void theLiveFolderIsWhollyTheOldOneOrWhollyTheNewOne(long seed) throws IOException {
    Random random = new Random(seed);
    Map<String, byte[]> old = random.nextInt(4) == 0 ? Map.of() : files(random);
    Map<String, byte[]> other = files(random);
    Map<String, byte[]> fresh = files(random);
    RecordingDisk disk = new RecordingDisk();
    disk.createFolders(LIVE.getParent());
    if (!old.isEmpty()) {
      write(disk, LIVE, old);
    }
    disk.settle();
    install(disk, other, fresh, random);
    CrashStates.check(disk, seed, (after, said) -> check(after, old, other, fresh, said));
  }

  private static Map<String, byte[]> files(Random random) {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      byte[] bytes = new byte[random.nextInt(1_500)];
      random.nextBytes(bytes);
      files.put(random.nextBoolean() ? "index/f" + i : "pack-" + i, bytes);
    }
    return files;
  }

  private static void write(RecordingDisk disk, Path folder, Map<String, byte[]> files)
      throws IOException {
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Path path = folder.resolve(entry.getKey());
      disk.createFolders(path.getParent());
      try (DiskFile file = disk.create(path)) {
        file.write(ByteBuffer.wrap(entry.getValue()), 0);
      }
    }
  }

  /** Now and then the process is killed on the way, and begins again; it may bring other files. */
  private static void install(
      RecordingDisk disk, Map<String, byte[]> other, Map<String, byte[]> fresh, Random random)
      throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, LIVE);
    if (random.nextBoolean()) {
      receive(disk, other, random.nextBoolean());
    }
    boolean isLive = false;
    while (!isLive) {
      disk.killAfter(random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(50));
      try {
        receive(disk, fresh, true);
        disk.mark(Said.WHOLE);
        var _ = swap.decide();
        disk.mark(Said.DECIDED);
        var _ = swap.swap();
        isLive = true;
      } catch (RecordingDisk.Killed e) {
        isLive = recover(disk, swap, random) == SnapshotSwap.Recovered.ROLLED_FORWARD;
      }
    }
    disk.mark(Said.LIVE);
  }

  private static SnapshotSwap.Recovered recover(
      RecordingDisk disk, SnapshotSwap swap, Random random) throws IOException {
    disk.revive();
    if (random.nextInt(3) == 0) {
      disk.killAfter(random.nextInt(10));
    }
    try {
      SnapshotSwap.Recovered recovered = swap.recover();
      disk.revive();
      return recovered;
    } catch (RecordingDisk.Killed e) {
      var again = recover(disk, swap, random);
      // Whatever was left for the second time, it is the end of the same swap.
      return disk.exists(LIVE.resolve(MARKER)) ? SnapshotSwap.Recovered.ROLLED_FORWARD : again;
    }
  }

  private static void receive(RecordingDisk disk, Map<String, byte[]> fresh, boolean whole)
      throws IOException {
    SnapshotManifest manifest = manifest(fresh);
    try (SnapshotReceiver receiver =
        SnapshotReceiver.begin(disk, SnapshotSwap.staging(LIVE), manifest)) {
      for (Map.Entry<String, byte[]> entry : fresh.entrySet()) {
        receiver.accept(entry.getKey(), 0, ByteBuffer.wrap(entry.getValue()));
      }
      if (whole) {
        receiver.finish();
      }
    }
  }

  private static SnapshotManifest manifest(Map<String, byte[]> files) {
    List<SnapshotManifest.Entry> entries = new ArrayList<>();
    files.forEach(
        (path, bytes) -> {
          Sha256 digest = Sha256.of(ByteBuffer.wrap(bytes));
          entries.add(new SnapshotManifest.Entry(path, bytes.length, digest));
        });
    return new SnapshotManifest(new GroupName("chunks-1"), new LogPosition(1, 7), entries);
  }

  private static void check(
      RecordingDisk disk,
      Map<String, byte[]> old,
      Map<String, byte[]> other,
      Map<String, byte[]> fresh,
      List<Object> said)
      throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, LIVE);
    Path staging = SnapshotSwap.staging(LIVE);
    Optional<SnapshotManifest> staged = swap.staged();
    if (staged.isPresent()) {
      assertThat(read(disk, staging)).as("staged").isIn(text(fresh), text(other));
    }
    var _ = swap.recover();
    Map<String, String> live = read(disk, LIVE);
    if (said.contains(Said.DECIDED) || said.contains(Said.LIVE)) {
      assertThat(live).isEqualTo(text(fresh));
    } else if (!said.contains(Said.WHOLE)) {
      assertThat(live).isEqualTo(text(old));
    } else {
      assertThat(live).isIn(text(fresh), text(old));
    }
    for (String beside : List.of("1.old", "1.next")) {
      assertThat(disk.exists(LIVE.resolveSibling(beside))).as(beside).isFalse();
    }
    // Whatever a transfer left is kept for the next one, which ends whole over it.
    receive(disk, fresh, true);
    assertThat(read(disk, staging)).as("the next transfer").isEqualTo(text(fresh));
  }

  private static Map<String, String> text(Map<String, byte[]> files) {
    Map<String, String> text = new TreeMap<>();
    files.forEach((path, bytes) -> text.put(path, HexFormat.of().formatHex(bytes)));
    return text;
  }

  /** All files but those that say how far a transfer is. */
  private static Map<String, String> read(RecordingDisk disk, Path folder) throws IOException {
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
