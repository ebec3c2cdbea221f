package io.balsa.raftlog;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.chunk.UnreadableFile;
import io.balsa.model.GroupName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A node's watermarks: for each of its groups a {@link Mark}, in one file with two slots,
 * docs/formats/watermark.md. It stands apart from the Raft logs, so that a log volume that was
 * emptied or swapped for an old copy does not take it along.
 *
 * <p>A slot is written over only when the other one was forced: whatever a crash tears, the state
 * of the last force is there. The newest slot that is whole counts; without a power cut that is the
 * last one written, forced or not.
 *
 * <p>Thread-safe. After an IOException the file is indeterminate, and the node must stop.
 */
public final class Watermark implements AutoCloseable {
  private final DiskFile file;
  private final String peerId;

  @GuardedBy("this")
  private final Map<GroupName, Mark> marks = new TreeMap<>(WatermarkSlot.BY_TEXT);

  @GuardedBy("this")
  private int slot;

  @GuardedBy("this")
  private long sequence;

  /** Something was set and not written. */
  @GuardedBy("this")
  private boolean changed;

  /** Something was written and not forced. */
  @GuardedBy("this")
  private boolean written;

  /** The disk could not read a slot. */
  @GuardedBy("this")
  private boolean unreadable;

  private Watermark(DiskFile file, String peerId) {
    this.file = file;
    this.peerId = peerId;
  }

  /**
   * Opens the file, and makes it where it is missing. One of which the disk cannot read a part is
   * replaced by another with what it can. What it holds is durable on return.
   *
   * @param peerId the incarnation that it must belong to; another one's marks do not count
   */
  public static Watermark open(Disk disk, Path path, String peerId) throws IOException {
    Watermark opened =
        new Watermark(disk.exists(path) ? disk.open(path) : disk.create(path), peerId);
    opened.loadNewest();
    if (opened.isUnreadable()) {
      return opened.elsewhere(disk, path);
    }
    // A process that was killed may have made the file, or written the newest slot, and forced
    // neither.
    opened.file.sync();
    disk.syncName(path);
    return opened;
  }

  private synchronized boolean isUnreadable() {
    return unreadable;
  }

  /** To write a part of a block that cannot be read would fail, too. */
  private synchronized Watermark elsewhere(Disk disk, Path path) throws IOException {
    file.close();
    Path unborn = path.resolveSibling(path.getFileName() + ".new");
    if (disk.exists(unborn)) {
      disk.delete(unborn);
    }
    Watermark other = new Watermark(disk.create(unborn), peerId);
    other.goOn(sequence, marks);
    other.force();
    disk.rename(unborn, path);
    disk.syncName(path);
    return other;
  }

  private synchronized void goOn(long behind, Map<GroupName, Mark> known) {
    sequence = behind;
    known.forEach(this::set);
  }

  /**
   * What a watermark file holds, for who looks at a node that does not run.
   *
   * @param marks of its groups
   * @param unreadable how many slots were written and make no sense now: one may be torn
   */
  public record Glance(Map<GroupName, Mark> marks, int unreadable) {
    /** Copies. */
    public Glance {
      marks = Map.copyOf(marks);
    }
  }

  /**
   * Reads a file and changes nothing.
   *
   * @param peerId the incarnation that it must belong to; another one's marks do not count
   */
  public static Glance look(Disk disk, Path path, String peerId) throws IOException {
    if (!disk.exists(path)) {
      return new Glance(Map.of(), 0);
    }
    try (Watermark opened = new Watermark(disk.openToRead(path), peerId)) {
      int unreadable = 0;
      for (int at = 0; at < WatermarkSlot.COUNT; at++) {
        boolean written = opened.file.size() > (long) at * WatermarkSlot.BYTES;
        unreadable += written && opened.slot(at).isEmpty() ? 1 : 0;
      }
      opened.loadNewest();
      return new Glance(opened.marks(), unreadable);
    }
  }

  private synchronized Optional<WatermarkSlot> slot(int at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(WatermarkSlot.BYTES);
    try {
      file.read(bytes, (long) at * WatermarkSlot.BYTES);
    } catch (UnreadableFile e) {
      unreadable = true;
      return Optional.empty();
    }
    return WatermarkSlot.decode(bytes.flip());
  }

  private synchronized void loadNewest() throws IOException {
    for (int at = 0; at < WatermarkSlot.COUNT; at++) {
      Optional<WatermarkSlot> read = slot(at).filter(whole -> whole.peerId().equals(peerId));
      if (read.isPresent() && read.get().sequence() > sequence) {
        sequence = read.get().sequence();
        slot = 1 - at;
        marks.clear();
        marks.putAll(read.get().marks());
      }
    }
  }

  /** A group's mark; empty where there is none. */
  public synchronized Optional<Mark> mark(GroupName group) {
    return Optional.ofNullable(marks.get(group));
  }

  private synchronized Map<GroupName, Mark> marks() {
    return Map.copyOf(marks);
  }

  /** Sets a group's mark; on disk after {@link #write}, durable after {@link #force}. */
  public synchronized void set(GroupName group, Mark mark) {
    changed |= !mark.equals(marks.put(group, mark));
  }

  /** Writes what was set, if anything: it survives the process and not yet the power. */
  public synchronized void write() throws IOException {
    if (!changed) {
      return;
    }
    sequence++;
    ByteBuffer bytes = new WatermarkSlot(sequence, peerId, marks).encode();
    file.write(bytes, (long) slot * WatermarkSlot.BYTES);
    changed = false;
    written = true;
  }

  /** Makes everything that was set durable. */
  public synchronized void force() throws IOException {
    write();
    if (written) {
      file.sync();
      written = false;
      slot = 1 - slot;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
