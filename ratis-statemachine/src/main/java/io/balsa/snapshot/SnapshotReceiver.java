package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.snapshot.ReceivedSlices.Slice;
import io.balsa.snapshot.ReceivedSlices.Verified;
import io.balsa.snapshot.SnapshotManifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Receives a snapshot into a folder of its own, or goes on with what an earlier transfer left
 * there, whether it was of this snapshot or of another one: what is in the folder counts if it has
 * the name, length and sums that the manifest says. Each file comes from where it ends here; the
 * files come in any order, one after the other. The folder counts as a snapshot only once {@link
 * #finish} has returned.
 *
 * <p>Memory does not grow with the snapshot, but for its manifest. Not thread-safe. After an {@link
 * IOException} the receiver is of no more use: close it and begin again.
 */
public final class SnapshotReceiver implements AutoCloseable {
  /** So many bytes of a file at most are received again after a crash. */
  static final long SLICE_BYTES_MAX = 32L << 20;

  private final Disk disk;
  private final Path staging;
  private final SnapshotManifest manifest;
  private final Map<String, Integer> numbers = new HashMap<>();

  /** How much of each file is here; nothing is noted for one that has not begun. */
  private final Map<Integer, Long> received = new HashMap<>();

  private final ReceivedSlices slices;
  private final long sliceBytesMax;
  private long bytesDone;
  private int currentNumber = -1;
  private @Nullable DiskFile current;
  private long sliceFrom;
  private CRC32C sliceCrc = new CRC32C();

  /**
   * What is still to come.
   *
   * @param files numbers of the manifest's entries, in the order in which to send them
   * @param offset where in the first of them to begin
   */
  public record Missing(List<Integer> files, long offset) {
    /** Copies. */
    public Missing {
      files = List.copyOf(files);
    }
  }

  private SnapshotReceiver(
      Disk disk,
      Path staging,
      SnapshotManifest manifest,
      ReceivedSlices slices,
      long sliceBytesMax) {
    this.disk = disk;
    this.staging = staging;
    this.manifest = manifest;
    this.slices = slices;
    this.sliceBytesMax = sliceBytesMax;
    for (int number = 0; number < manifest.entries().size(); number++) {
      numbers.put(manifest.entries().get(number).relativePath(), number);
    }
  }

  /** The snapshot that an earlier transfer has received into a folder whole; empty if none. */
  public static Optional<SnapshotManifest> whole(Disk disk, Path staging) throws IOException {
    return disk.exists(staging) ? SnapshotMarker.read(disk, staging) : Optional.empty();
  }

  /**
   * Begins, or goes on. Reads what the folder holds, and deletes what is of no use.
   *
   * @param staging {@link SnapshotSwap#staging} of the folder that the snapshot is for
   */
  public static SnapshotReceiver begin(Disk disk, Path staging, SnapshotManifest manifest)
      throws IOException {
    return begin(disk, staging, manifest, SLICE_BYTES_MAX);
  }

  static SnapshotReceiver begin(
      Disk disk, Path staging, SnapshotManifest manifest, long sliceBytesMax) throws IOException {
    disk.createFolders(staging);
    Path marker = staging.resolve(SnapshotMarker.NAME);
    if (disk.exists(marker)) {
      disk.delete(marker);
      disk.syncFolder(staging);
    }
    Map<String, Verified> kept = new LinkedHashMap<>();
    keep(disk, staging, manifest, kept);
    SnapshotReceiver receiver =
        new SnapshotReceiver(
            disk, staging, manifest, ReceivedSlices.begin(disk, staging, manifest), sliceBytesMax);
    for (Map.Entry<String, Verified> file : kept.entrySet()) {
      receiver.take(receiver.numberOf(file.getKey()), file.getValue());
    }
    return receiver;
  }

  private static void keep(
      Disk disk, Path staging, SnapshotManifest manifest, Map<String, Verified> kept)
      throws IOException {
    Map<Entry, Map<Long, Slice>> known = ReceivedSlices.read(disk, staging);
    Set<String> wanted = new TreeSet<>();
    for (Entry entry : manifest.entries()) {
      wanted.add(entry.relativePath());
      Path path = staging.resolve(entry.relativePath());
      Map<Long, Slice> slices = known.get(entry);
      if (slices == null || !disk.exists(path) || disk.isFolder(path)) {
        wanted.remove(entry.relativePath());
        continue;
      }
      try (DiskFile file = disk.open(path)) {
        Verified verified = ReceivedSlices.verify(file, entry, slices);
        file.truncate(verified.bytes());
        kept.put(entry.relativePath(), verified);
      }
    }
    deleteOthers(disk, staging, "", wanted);
  }

  private static void deleteOthers(Disk disk, Path at, String prefix, Set<String> wanted)
      throws IOException {
    for (Path child : disk.list(at)) {
      String path = prefix + child.getFileName();
      if (disk.isFolder(child)) {
        deleteOthers(disk, child, path + "/", wanted);
        if (disk.list(child).isEmpty()) {
          disk.delete(child);
        }
      } else if (!path.startsWith(SnapshotMarker.RESERVED) && !wanted.contains(path)) {
        disk.delete(child);
      }
    }
  }

  private void take(int number, Verified verified) throws IOException {
    if (verified.bytes() == 0) {
      return;
    }
    for (long at = 0; at < verified.bytes(); ) {
      Slice slice = verified.slices().get(at);
      if (slice == null) {
        throw new CorruptSnapshot("slices of " + manifest.entries().get(number) + " do not join");
      }
      slices.add(number, slice);
      at = slice.to();
    }
    received.put(number, verified.bytes());
    bytesDone += verified.bytes();
  }

  /** How much of a file is here: where its next piece begins. */
  public long received(String relativePath) {
    return received.getOrDefault(numberOf(relativePath), 0L);
  }

  /** How much of all files is here. */
  public long bytesDone() {
    return bytesDone;
  }

  /** What is still to come; no files if nothing is. */
  public Missing missing() {
    List<Integer> files = new ArrayList<>();
    long offset = 0;
    for (int number = 0; number < manifest.entries().size(); number++) {
      long here = received.getOrDefault(number, 0L);
      if (here < manifest.entries().get(number).bytes()) {
        if (here > 0) {
          files.addFirst(number);
          offset = here;
        } else {
          files.add(number);
        }
      }
    }
    return new Missing(files, offset);
  }

  /**
   * Takes the next piece of a file. A file that is whole by that is checked against the manifest
   * and made durable.
   *
   * @param offset {@link #received} of this file; or 0 again, to begin it anew
   * @param bytes no more than the file still lacks; consumed wholly
   * @throws InvalidField not a file of the manifest, not its next piece, or too much; nothing was
   *     written, and the receiver stays usable
   * @throws CorruptSnapshot the file is not what its source had; nothing of it is kept
   */
  public void accept(String relativePath, long offset, ByteBuffer bytes) throws IOException {
    int number = numberOf(relativePath);
    Entry entry = manifest.entries().get(number);
    long here = received.getOrDefault(number, 0L);
    long next = offset == 0 && number != currentNumber ? 0 : here;
    Limits.require("snapshot.offset", offset, next, next);
    int length = bytes.remaining();
    Limits.require("snapshot.length", length, 0, entry.bytes() - next);
    DiskFile file = open(number, entry, next);
    sliceCrc.update(bytes.duplicate());
    file.write(bytes, offset);
    received.put(number, next + length);
    bytesDone += length;
    if (next + length == entry.bytes()) {
      endSlice(file);
      endFile(file, entry);
    } else if (next + length - sliceFrom >= sliceBytesMax) {
      endSlice(file);
    }
  }

  /**
   * Makes the folders durable, and then says with the marker, last, that all is here. On return the
   * folder is a snapshot that outlives a power loss.
   *
   * @throws CorruptSnapshot a file is not wholly here
   */
  public void finish() throws IOException {
    closeCurrent();
    Set<Path> folders = new TreeSet<>();
    for (Entry entry : manifest.entries()) {
      Path path = staging.resolve(entry.relativePath());
      if (received(entry.relativePath()) != entry.bytes()) {
        throw new CorruptSnapshot(entry.relativePath() + " is not wholly here");
      }
      if (entry.bytes() == 0 && !disk.exists(path)) {
        create(path).close();
      }
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
    slices.close();
  }

  private void endSlice(DiskFile file) throws IOException {
    file.sync();
    long to = received.getOrDefault(currentNumber, 0L);
    slices.add(currentNumber, new Slice(sliceFrom, to, (int) sliceCrc.getValue()));
    sliceFrom = to;
    sliceCrc = new CRC32C();
  }

  private void endFile(DiskFile file, Entry entry) throws IOException {
    // Read back from the file, not summed up on the way: this checks what will be used.
    boolean isRight = SnapshotSource.digest(file, entry.bytes()).equals(entry.digest());
    int number = currentNumber;
    closeCurrent();
    if (!isRight) {
      received.remove(number);
      bytesDone -= entry.bytes();
      disk.delete(staging.resolve(entry.relativePath()));
      throw new CorruptSnapshot(entry.relativePath() + " is not what its source had");
    }
  }

  private int numberOf(String relativePath) {
    Integer number = numbers.get(relativePath);
    if (number == null) {
      throw new InvalidField("snapshot.path", relativePath, "a file of the manifest");
    }
    return number;
  }

  private DiskFile open(int number, Entry entry, long next) throws IOException {
    DiskFile known = current;
    if (known != null && number == currentNumber) {
      return known;
    }
    closeCurrent();
    Path path = staging.resolve(entry.relativePath());
    if (next == 0 && disk.exists(path)) {
      bytesDone -= received.getOrDefault(number, 0L);
      disk.delete(path);
    }
    DiskFile file = next == 0 ? create(path) : disk.open(path);
    current = file;
    currentNumber = number;
    sliceFrom = next;
    sliceCrc = new CRC32C();
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
    DiskFile file = current;
    current = null;
    currentNumber = -1;
    if (file != null) {
      file.close();
    }
  }
}
