package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Says that a replica lost its log and how far its return is: a file of its own, so that a crash at
 * any moment resumes there. docs/formats/watermark.md.
 *
 * @param stage what comes next
 * @param removed in {@link Stage#ADD}: the leader's term and commit index when the replica was out
 *     of the configuration; before the first otherwise
 * @param reason why, one line
 */
public record RejoinMark(Stage stage, LogPosition removed, String reason) {
  private static final String FIRST_LINE = "balsa-rejoin 1";
  private static final int LINES = 6;
  private static final int BYTES_MAX = 4096;
  private static final int REASON_CHARS_MAX = 1000;

  /** What comes next. */
  public enum Stage {
    /** The leader must take the replica out of the configuration. */
    REMOVE,
    /** It is out, and begins anew; the leader must take it in again. */
    ADD
  }

  /** Keeps the reason on one line of bounded length. */
  public RejoinMark {
    String line = reason.replaceAll("\\p{Cntrl}", " ");
    reason = line.substring(0, Math.min(line.length(), REASON_CHARS_MAX));
  }

  /** The first stage. */
  public static RejoinMark damaged(String reason) {
    return new RejoinMark(Stage.REMOVE, LogPosition.START, reason);
  }

  /** The second stage. */
  public RejoinMark removedAt(LogPosition at) {
    return new RejoinMark(Stage.ADD, at, reason);
  }

  /** Reads a mark. One that is damaged means that everything must be done from the first stage. */
  public static Optional<RejoinMark> read(Disk disk, Path path) throws IOException {
    if (!disk.exists(path)) {
      return Optional.empty();
    }
    ByteBuffer bytes;
    try (DiskFile file = disk.openToRead(path)) {
      bytes = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.size()));
      file.read(bytes, 0);
    } catch (UnreadableFile e) {
      return Optional.of(damaged("the mark of its return cannot be read"));
    }
    return Optional.of(parse(StandardCharsets.UTF_8.decode(bytes.flip()).toString()));
  }

  private static RejoinMark parse(String text) {
    List<String> lines = text.lines().toList();
    int crcAt = text.lastIndexOf("crc32c=");
    if (lines.size() == LINES
        && lines.getFirst().equals(FIRST_LINE)
        && crcAt >= 0
        && text.substring(crcAt).equals(crcLine(text.substring(0, crcAt)))) {
      return new RejoinMark(
          Stage.valueOf(value(lines.get(1))),
          new LogPosition(Long.parseLong(value(lines.get(2))), Long.parseLong(value(lines.get(3)))),
          value(lines.get(4)));
    }
    return damaged("the mark of its return is damaged");
  }

  private static String value(String line) {
    return line.substring(line.indexOf('=') + 1);
  }

  /** The mark's file. */
  String format() {
    String text =
        "%s\nstage=%s\nterm=%d\nindex=%d\nreason=%s\n"
            .formatted(FIRST_LINE, stage, removed.term(), removed.index(), reason);
    return text + crcLine(text);
  }

  private static String crcLine(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return "crc32c=" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  /** Writes the mark in the place of an older one; durable on return. Its folder exists. */
  public void write(Disk disk, Path path) throws IOException {
    Path unborn = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    try (DiskFile file = disk.create(unborn)) {
      file.write(StandardCharsets.UTF_8.encode(format()), 0);
      file.sync();
    }
    disk.rename(unborn, path);
    disk.syncName(path);
  }

  /** Removes the mark: the replica is back. Durable on return. */
  public static void delete(Disk disk, Path path) throws IOException {
    disk.delete(path);
    disk.syncName(path);
  }
}
