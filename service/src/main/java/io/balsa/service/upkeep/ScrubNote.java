package io.balsa.service.upkeep;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where the scrub of a node is, so that it goes on there after a restart; docs/formats/scrub.md.
 *
 * @param target the name of the target that it is at; empty between two rounds
 * @param cursor where in it
 * @param startedMillis when the round began, since 1970; 0 before the first
 * @param bytesDone read in this round, or in the last one
 * @param found bad pieces in this round, or in the last one
 * @param completedMillis when the last round that came to its end did so; 0 before
 */
public record ScrubNote(
    String target,
    ScrubTarget.Cursor cursor,
    long startedMillis,
    long bytesDone,
    long found,
    long completedMillis) {
  /** Of a node that never scrubbed. */
  static final ScrubNote NONE = new ScrubNote("", ScrubTarget.Cursor.START, 0, 0, 0, 0);

  private static final String FILE = "scrub";
  private static final String FIRST_LINE = "balsa-scrub 1\n";
  private static final String CRC = "crc32c=";
  private static final int BYTES_MAX = 4 << 10;

  /** Checks the ranges. */
  public ScrubNote {
    Limits.require("file", cursor.file(), 0, Integer.MAX_VALUE);
    Limits.require("offset", cursor.offset(), 0, Long.MAX_VALUE);
    Limits.require("started_ms", startedMillis, 0, Long.MAX_VALUE);
    Limits.require("bytes_done", bytesDone, 0, Long.MAX_VALUE);
    Limits.require("found", found, 0, Long.MAX_VALUE);
    Limits.require("completed_ms", completedMillis, 0, Long.MAX_VALUE);
  }

  /** The note with one step more. */
  ScrubNote after(String at, ScrubTarget.Step step) {
    return new ScrubNote(
        at,
        step.last() ? ScrubTarget.Cursor.START : step.next(),
        startedMillis,
        bytesDone + step.bytes(),
        found + step.found(),
        completedMillis);
  }

  /** The bytes of a note's file. */
  String format() {
    String text =
        "%starget=%s\nfile=%d\noffset=%d\nstarted_ms=%d\nbytes_done=%d\nfound=%d\ncompleted_ms=%d\n"
            .formatted(
                FIRST_LINE,
                target,
                cursor.file(),
                cursor.offset(),
                startedMillis,
                bytesDone,
                found,
                completedMillis);
    return text + crcLine(text);
  }

  /** Reads what {@link #format} wrote; empty for anything else: a scrub may always begin anew. */
  static Optional<ScrubNote> parse(String text) {
    int crcAt = text.lastIndexOf(CRC);
    if (!text.startsWith(FIRST_LINE)
        || crcAt < FIRST_LINE.length()
        || !text.substring(crcAt).equals(crcLine(text.substring(0, crcAt)))) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String line : text.substring(FIRST_LINE.length(), crcAt).lines().toList()) {
      String[] pair = line.split("=", 2);
      values.put(pair[0], pair[pair.length - 1]);
    }
    try {
      return Optional.of(
          new ScrubNote(
              values.getOrDefault("target", ""),
              new ScrubTarget.Cursor(
                  Math.toIntExact(number(values, "file")), number(values, "offset")),
              number(values, "started_ms"),
              number(values, "bytes_done"),
              number(values, "found"),
              number(values, "completed_ms")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static long number(Map<String, String> values, String key) {
    return Long.parseLong(values.getOrDefault(key, "missing"));
  }

  private static String crcLine(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return CRC + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  /** Reads a folder's note; {@link #NONE} where there is none that is whole. */
  static ScrubNote read(Disk disk, Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!disk.exists(file)) {
      return NONE;
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    try (DiskFile open = disk.openToRead(file)) {
      open.read(bytes, 0);
    } catch (UnreadableFile e) {
      return NONE;
    }
    return parse(StandardCharsets.UTF_8.decode(bytes.flip()).toString()).orElse(NONE);
  }

  /** False where a folder has a note that makes no sense. */
  public static boolean isWhole(Disk disk, Path folder) throws IOException {
    return !disk.exists(folder.resolve(FILE)) || !read(disk, folder).equals(NONE);
  }

  /** Puts it in place of the folder's note; a crash leaves the old one or this one. */
  void write(Disk disk, Path folder) throws IOException {
    Path temporary = folder.resolve(FILE + ".new");
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    try (DiskFile open = disk.create(temporary)) {
      open.write(StandardCharsets.UTF_8.encode(format()), 0);
      open.sync();
    }
    disk.rename(temporary, folder.resolve(FILE));
    disk.syncFolder(folder);
  }
}
