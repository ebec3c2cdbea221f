package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.raftlog.LogContents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.util.SizeInBytes;

/**
 * A checked copy of a group's configuration. Ratis keeps the last committed configuration entry in
 * {@code current/raft-meta.conf}, without a checksum, and takes it at its word: one flipped bit
 * makes a voter a stranger or a listener, or the entry newer than all that come. Once the log that
 * held the entry is purged, the file is all there is. So the node keeps its bytes with a checksum
 * beside the folder {@code current}, docs/formats/configuration.md, and compares before Ratis
 * looks.
 *
 * <p>The copy is made on the watermark's beat, so it may be behind the file by what a process did
 * in its last moments. Whatever is newer than the copy must be in the log; what is neither is a
 * reason not to vote. The copy lives and dies with the group's Raft folder: one that outlived it
 * would tell a replica that begins anew of voters whom it must not know yet.
 *
 * <p>No state; one thread for a group at a time.
 */
public final class ConfigurationCopy {
  private static final String FILE = "current/raft-meta.conf";
  private static final String COPY = "configuration";
  private static final int MAGIC = 0x42434647; // BCFG
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 3 * Integer.BYTES;

  /** Voters are few; more is nonsense. */
  private static final int ENTRY_BYTES_MAX = 64 << 10;

  private static final SizeInBytes LOG_ENTRY_BYTES_MAX = SizeInBytes.valueOf("256MB");

  private ConfigurationCopy() {}

  /** What a comparison came to. */
  public enum Verdict {
    /** The file is what it was, or there is nothing to compare it with. */
    SOUND,
    /** The file was damaged, and is what it was again. */
    MENDED,
    /**
     * The file is newer than the copy, and the log cannot tell whether it is right; or it cannot be
     * read, and there is no copy.
     */
    DOUBTFUL
  }

  /**
   * Copies the file where it holds the configuration that Ratis goes by; durable on return. Cheap
   * where the copy is there already.
   *
   * @param group the group's Raft folder
   * @param inUse from memory
   * @return false where Ratis has not written it yet: ask again
   */
  public static boolean keep(Disk disk, Path group, RaftConfiguration inUse) throws IOException {
    Optional<byte[]> file = bytes(disk, group.resolve(FILE));
    Optional<LogEntryProto> entry = file.flatMap(ConfigurationCopy::parse);
    if (entry.isEmpty()
        || entry.get().getIndex() != inUse.getLogEntryIndex()
        || !LogProtoUtils.toLogEntryProto(inUse, entry.get().getTerm(), entry.get().getIndex())
            .equals(entry.get())) {
      return false;
    }
    if (readCopy(disk, group).filter(kept -> Arrays.equals(kept, file.get())).isEmpty()) {
      replace(disk, group.resolve(COPY), encode(file.get()));
    }
    return true;
  }

  /**
   * Whether the file holds an entry, or a newer one. Ratis writes it when it applies the entry, and
   * goes on where that fails.
   *
   * @param group the group's Raft folder
   * @param index of a configuration entry that was applied
   */
  static boolean isWritten(Disk disk, Path group, long index) throws IOException {
    return bytes(disk, group.resolve(FILE))
        .flatMap(ConfigurationCopy::parse)
        .filter(entry -> entry.getIndex() >= index)
        .isPresent();
  }

  /**
   * Compares the file with the copy, and mends it. Ratis must not have opened the group yet.
   *
   * @param group the group's Raft folder
   * @param contents of its log, which is sound
   * @param appliedIndex of its store
   */
  public static Verdict mend(Disk disk, Path group, LogContents contents, long appliedIndex)
      throws IOException {
    if (disk.exists(group.resolve(COPY))) {
      // Whoever wrote it may have been killed before it was durable, and keeping asks no more.
      disk.syncFolder(group);
    }
    Verdict verdict = compare(disk, group, contents, appliedIndex);
    if (verdict == Verdict.MENDED) {
      replace(disk, group.resolve(FILE), ByteBuffer.wrap(readCopy(disk, group).orElseThrow()));
    }
    return verdict;
  }

  /** Whether a copy that is there makes sense. */
  public static boolean isWhole(Disk disk, Path group) throws IOException {
    return !disk.exists(group.resolve(COPY)) || readCopy(disk, group).isPresent();
  }

  /**
   * What {@link #mend} will come to; changes nothing.
   *
   * @param group the group's Raft folder
   * @param contents of its log, which is sound
   * @param appliedIndex of its store
   */
  public static Verdict compare(Disk disk, Path group, LogContents contents, long appliedIndex)
      throws IOException {
    Optional<byte[]> copy = readCopy(disk, group);
    Optional<LogEntryProto> kept = copy.flatMap(ConfigurationCopy::parse);
    Optional<byte[]> file;
    try {
      file = bytes(disk, group.resolve(FILE));
    } catch (UnreadableFile e) {
      // Ratis would go by the founders. The copy says what it says of a file that is gone.
      return kept.isEmpty() ? Verdict.DOUBTFUL : Verdict.MENDED;
    }
    if (kept.isEmpty() || file.filter(found -> Arrays.equals(found, copy.get())).isPresent()) {
      return Verdict.SOUND;
    }
    Optional<LogEntryProto> entry =
        file.flatMap(ConfigurationCopy::parse)
            .filter(found -> found.getIndex() > kept.get().getIndex());
    if (entry.isPresent()) {
      if (holds(group, entry.get())) {
        return Verdict.SOUND;
      }
      // What was applied is in the log, or was purged because the store has it.
      long index = entry.get().getIndex();
      boolean inLog = !contents.isEmpty() && index >= contents.first();
      if (index <= appliedIndex && !inLog) {
        return Verdict.DOUBTFUL;
      }
    }
    return Verdict.MENDED;
  }

  private static boolean holds(Path group, LogEntryProto wanted) throws IOException {
    AtomicBoolean found = new AtomicBoolean();
    for (LogSegmentPath segment : RaftLogFiles.segmentsIn(group.resolve("current"))) {
      LogSegment.readSegmentFile(
          segment.getPath().toFile(),
          segment.getStartEnd(),
          LOG_ENTRY_BYTES_MAX,
          CorruptionPolicy.EXCEPTION,
          null,
          read -> {
            if (read.equals(wanted)) {
              found.set(true);
            }
          });
    }
    return found.get();
  }

  private static Optional<LogEntryProto> parse(byte[] bytes) {
    try {
      LogEntryProto entry = LogEntryProto.parseFrom(bytes);
      return entry.hasConfigurationEntry() ? Optional.of(entry) : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> readCopy(Disk disk, Path group) throws IOException {
    Optional<byte[]> found;
    try {
      found = bytes(disk, group.resolve(COPY));
    } catch (UnreadableFile e) {
      return Optional.empty();
    }
    if (found.isEmpty() || found.get().length < HEADER_BYTES + Integer.BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(found.get());
    int crcAt = bytes.capacity() - Integer.BYTES;
    if (bytes.getInt(0) != MAGIC
        || bytes.getInt(Integer.BYTES) != VERSION
        || bytes.getInt(2 * Integer.BYTES) != crcAt - HEADER_BYTES
        || bytes.getInt(crcAt) != crc(bytes.slice(0, crcAt))) {
      return Optional.empty();
    }
    byte[] entry = new byte[crcAt - HEADER_BYTES];
    bytes.get(HEADER_BYTES, entry);
    return Optional.of(entry);
  }

  private static ByteBuffer encode(byte[] entry) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + entry.length + Integer.BYTES);
    bytes.putInt(MAGIC).putInt(VERSION).putInt(entry.length).put(entry);
    bytes.putInt(crc(bytes.duplicate().flip()));
    return bytes.flip();
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Empty where there is no such file, or one that is too large. */
  private static Optional<byte[]> bytes(Disk disk, Path path) throws IOException {
    if (!disk.exists(path)) {
      return Optional.empty();
    }
    try (DiskFile file = disk.openToRead(path)) {
      if (file.size() > ENTRY_BYTES_MAX) {
        return Optional.empty();
      }
      byte[] bytes = new byte[(int) file.size()];
      file.read(ByteBuffer.wrap(bytes), 0);
      return Optional.of(bytes);
    }
  }

  private static void replace(Disk disk, Path path, ByteBuffer bytes) throws IOException {
    Path unborn = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    try (DiskFile file = disk.create(unborn)) {
      file.write(bytes, 0);
      file.sync();
    }
    disk.rename(unborn, path);
    disk.syncName(path);
  }
}
