package io.balsa.snapshot;

import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What a snapshot consists of. Has one encoding only (docs/formats/snapshot.md), so equal manifests
 * are equal bytes.
 *
 * @param group whose files these are
 * @param position the last Raft entry that the files hold
 * @param entries the files, at most {@link #ENTRIES_MAX}, ordered by path; no path twice, and none
 *     that is a folder of another
 */
public record SnapshotManifest(GroupName group, LogPosition position, List<Entry> entries) {
  /** Files of a snapshot. */
  public static final int ENTRIES_MAX = 65_536;

  /** Characters of a file's path. */
  public static final int PATH_LENGTH_MAX = 255;

  /** Bytes of a file. */
  public static final long FILE_BYTES_MAX = 1L << 40;

  /** Bytes of an encoded manifest. */
  public static final int ENCODED_BYTES_MAX = 64 + ENTRIES_MAX * (PATH_LENGTH_MAX + 42);

  private static final long MAGIC = 0x42414C53_41534E31L; // "BALSASN1"
  private static final int VERSION = 2;

  /**
   * A file.
   *
   * @param relativePath inside the snapshot's folder, as others may have sent it: 1 to {@link
   *     #PATH_LENGTH_MAX} of {@code [A-Za-z0-9._-]} and '/' between segments, none of them empty,
   *     "." or ".."; does not begin with {@link SnapshotMarker#RESERVED}
   * @param bytes of the file, 0 to {@link #FILE_BYTES_MAX}
   * @param digest of them
   */
  public record Entry(String relativePath, long bytes, Sha256 digest) {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");

    /** Checks the rules; {@link InvalidField} otherwise. */
    public Entry {
      if (!isValid(relativePath)) {
        throw new InvalidField(
            "snapshot.path", relativePath, "A-Z a-z 0-9 . _ - and / between names, no . or ..");
      }
      Limits.require("snapshot.bytes", bytes, 0, FILE_BYTES_MAX);
    }

    private static boolean isValid(String path) {
      if (path.length() > PATH_LENGTH_MAX
          || !PATH.matcher(path).matches()
          || path.startsWith(SnapshotMarker.RESERVED)) {
        return false;
      }
      for (String segment : path.split("/", -1)) {
        if (segment.equals(".") || segment.equals("..")) {
          return false;
        }
      }
      return true;
    }
  }

  /** Copies and checks; {@link InvalidField} otherwise. */
  public SnapshotManifest {
    entries = List.copyOf(entries);
    Limits.require("snapshot.files", entries.size(), 0, ENTRIES_MAX);
    for (int i = 1; i < entries.size(); i++) {
      String before = entries.get(i - 1).relativePath();
      String path = entries.get(i).relativePath();
      if (before.compareTo(path) >= 0) {
        throw new InvalidField("snapshot.path", path, "only paths behind " + before);
      }
    }
    requireNoFileIsFolder(entries);
  }

  /** The bytes of all files. */
  public long bytes() {
    return entries.stream().mapToLong(Entry::bytes).sum();
  }

  /** The encoding, in a new buffer. */
  public ByteBuffer encode() {
    byte[] name = group.text().getBytes(StandardCharsets.US_ASCII);
    int size = 8 + 4 + 2 + name.length + 8 + 8 + 4 + 4;
    for (Entry entry : entries) {
      size += 2 + entry.relativePath().length() + 8 + Sha256.BYTES;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    bytes.putLong(MAGIC).putInt(VERSION).putShort((short) name.length).put(name);
    bytes.putLong(position.term()).putLong(position.index()).putInt(entries.size());
    for (Entry entry : entries) {
      byte[] path = entry.relativePath().getBytes(StandardCharsets.US_ASCII);
      bytes.putShort((short) path.length).put(path).putLong(entry.bytes());
      entry.digest().write(bytes);
    }
    return bytes.putInt(crc(bytes.slice(0, size - Integer.BYTES))).flip();
  }

  /**
   * Decodes the remaining bytes, all of them; whoever sent them is not trusted.
   *
   * @throws CorruptSnapshot damaged, of an unknown version, against a rule, or not the one encoding
   */
  public static SnapshotManifest decode(ByteBuffer encoded) throws CorruptSnapshot {
    ByteBuffer bytes = encoded.slice();
    int body = bytes.limit() - Integer.BYTES;
    if (body < 0 || bytes.limit() > ENCODED_BYTES_MAX) {
      throw new CorruptSnapshot("a manifest of " + bytes.limit() + " bytes");
    }
    if (bytes.getInt(body) != crc(bytes.slice(0, body))) {
      throw new CorruptSnapshot("the manifest does not match its CRC");
    }
    try {
      return decodeBody(bytes.slice(0, body));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new CorruptSnapshot("the manifest breaks a rule: " + e.getMessage());
    }
  }

  private static SnapshotManifest decodeBody(ByteBuffer bytes) throws CorruptSnapshot {
    if (bytes.getLong() != MAGIC) {
      throw new CorruptSnapshot("not a manifest");
    }
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new CorruptSnapshot("manifest format " + version + ", this build knows " + VERSION);
    }
    GroupName group = new GroupName(text(bytes));
    LogPosition position = new LogPosition(bytes.getLong(), bytes.getLong());
    int count = bytes.getInt();
    Limits.require("snapshot.files", count, 0, ENTRIES_MAX);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new Entry(text(bytes), bytes.getLong(), Sha256.read(bytes)));
    }
    if (bytes.hasRemaining()) {
      throw new CorruptSnapshot("bytes behind the manifest");
    }
    return new SnapshotManifest(group, position, entries);
  }

  private static String text(ByteBuffer bytes) {
    byte[] text = new byte[Short.toUnsignedInt(bytes.getShort())];
    bytes.get(text);
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static void requireNoFileIsFolder(List<Entry> entries) {
    Set<String> files = new HashSet<>();
    entries.forEach(entry -> files.add(entry.relativePath()));
    for (Entry entry : entries) {
      String path = entry.relativePath();
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        if (files.contains(path.substring(0, slash))) {
          throw new InvalidField("snapshot.path", path, "no path inside of another file");
        }
      }
    }
  }
}
