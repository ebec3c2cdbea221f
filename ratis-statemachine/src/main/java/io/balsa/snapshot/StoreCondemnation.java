package io.balsa.snapshot;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The mark beside a replica's store that says that the store is not to be used any more: it is
 * corrupt, or differs from the other replicas. Whoever finds that out writes the mark and halts the
 * node; the next start takes the store from another member. A mark that cannot be read condemns all
 * the same. The bytes are in docs/formats/condemned.md. No state; one thread at a time for a store.
 */
public final class StoreCondemnation {
  /** Bytes of a reason; a longer one is cut. */
  public static final int REASON_BYTES_MAX = 1_000;

  private static final long MAGIC = 0x42414C53_41434431L; // "BALSACD1"
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 8 + 4 + 2 + 4;
  private static final String UNREADABLE = "the mark's own bytes are damaged";

  private StoreCondemnation() {}

  /** Where the mark of a store is. */
  public static Path markOf(Path storeFolder) {
    return beside(storeFolder, ".condemned");
  }

  /**
   * Condemns a store; durable on return. The first reason stays.
   *
   * @param reason one line for operators
   * @throws IOException it may or may not be condemned
   */
  public static void write(Disk disk, Path storeFolder, String reason) throws IOException {
    Path mark = markOf(storeFolder);
    if (disk.exists(mark)) {
      // Whoever wrote it may have been killed before it was durable.
      disk.syncFolder(parentOf(mark));
      return;
    }
    Path unborn = beside(storeFolder, ".condemned.new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    try (DiskFile file = disk.create(unborn)) {
      file.write(encode(reason), 0);
      file.sync();
    }
    disk.rename(unborn, mark);
    disk.syncFolder(parentOf(mark));
  }

  /** Why a store is condemned; empty if it is not. */
  public static Optional<String> read(Disk disk, Path storeFolder) throws IOException {
    Path mark = markOf(storeFolder);
    if (!disk.exists(mark)) {
      return Optional.empty();
    }
    try (DiskFile file = disk.openToRead(mark)) {
      ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + REASON_BYTES_MAX);
      file.read(bytes, 0);
      return Optional.of(decode(bytes.flip()));
    } catch (UnreadableFile e) {
      return Optional.of(UNREADABLE);
    }
  }

  /** Takes the mark away; durable on return. Nothing happens where none is. */
  public static void lift(Disk disk, Path storeFolder) throws IOException {
    Path mark = markOf(storeFolder);
    if (disk.exists(mark)) {
      disk.delete(mark);
    }
    disk.syncFolder(parentOf(mark));
  }

  static ByteBuffer encode(String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    text = Arrays.copyOf(text, Math.min(text.length, REASON_BYTES_MAX));
    ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + text.length);
    bytes.putLong(MAGIC).putInt(VERSION).putShort((short) text.length).put(text);
    return bytes.putInt(crc(bytes.slice(0, bytes.position()))).flip();
  }

  private static String decode(ByteBuffer bytes) {
    int body = bytes.limit() - Integer.BYTES;
    if (body < FIXED_BYTES - Integer.BYTES
        || bytes.getInt(body) != crc(bytes.slice(0, body))
        || bytes.getLong() != MAGIC
        || bytes.getInt() != VERSION) {
      return UNREADABLE;
    }
    byte[] text = new byte[bytes.getShort()];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static Path beside(Path storeFolder, String suffix) {
    Path live = storeFolder.toAbsolutePath();
    return live.resolveSibling(live.getFileName() + suffix);
  }

  private static Path parentOf(Path mark) {
    Path parent = mark.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("a root folder is no store");
    }
    return parent;
  }
}
