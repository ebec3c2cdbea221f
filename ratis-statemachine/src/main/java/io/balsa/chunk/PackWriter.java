package io.balsa.chunk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.chunk.PackFolder.OpenPack;
import io.balsa.model.ChunkId;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the last pack of a group and makes them durable.
 *
 * <p>Three rules carry everything here:
 *
 * <ul>
 *   <li><b>A record exists once it is wholly written.</b> The end moves only afterwards, so a
 *       record that failed half-way is not there for anybody.
 *   <li><b>Only a force that began after an append had ended covers it.</b> Callers of {@link
 *       #sync} queue for one lock; whoever gets it forces for all who appended before that moment,
 *       and those find nothing left to do.
 *   <li><b>A failed write or force is final.</b> The kernel may drop the pages and report the next
 *       force as good (Rebello et al., USENIX ATC 2020), so there is no next one.
 * </ul>
 *
 * <p>Only the last pack is ever dirty: a full pack gets its footer and is forced before the next
 * one is made. Safe on every thread; appends queue and run beside a force. Threads that call must
 * not be interrupted: that closes the file, which counts as a failed write.
 */
final class PackWriter implements AutoCloseable {
  private final PackFolder folder;

  /** Taken before {@link #forceLock} when both are needed. */
  private final ReentrantLock appendLock = new ReentrantLock();

  private final ReentrantLock forceLock = new ReentrantLock();

  /** Replaced only under both locks, so that either one is enough to use it. */
  private volatile OpenPack pack;

  @GuardedBy("appendLock")
  private final List<PackFile> closedPacks;

  /** Where the next record goes. */
  @GuardedBy("appendLock")
  private long end;

  /** Size of the file; zeros from {@link #end} to here. */
  @GuardedBy("appendLock")
  private long allocated;

  /** Records appended so far; grows under {@link #appendLock}, after the record is written. */
  private final AtomicLong appended = new AtomicLong();

  /** Records known to be durable. */
  @GuardedBy("forceLock")
  private long durable;

  private volatile @Nullable IOException failure;
  private volatile boolean closed;

  /** Goes on where recovery ended, in a new pack if the last one takes no more records. */
  PackWriter(PackFolder folder, PackRecovery.Found found) throws IOException {
    this.folder = folder;
    this.closedPacks = new ArrayList<>(found.closed());
    if (found.appendAt().isPresent()) {
      PackPosition at = found.appendAt().get();
      this.pack = folder.open(at.pack());
      this.end = at.offset();
    } else {
      this.pack = folder.create(found.numberMax() + 1);
      this.end = PackFormat.FILE_HEADER_BYTES;
    }
    this.allocated = end;
  }

  /** See {@link PackStore#append}. */
  PackLocation append(LogPosition at, ChunkId id, ByteBuffer payload, int crc32c)
      throws IOException {
    Limits.require("chunk.length", payload.remaining(), 1, Limits.CHUNK_BYTES_MAX);
    if (PackFormat.crc32c(payload) != crc32c) {
      throw new CorruptChunk(id, "the payload does not have the CRC that came with it");
    }
    appendLock.lock();
    try {
      refuseUnlessUsable();
      return write(at, id, payload.duplicate(), crc32c);
    } finally {
      appendLock.unlock();
    }
  }

  /** See {@link PackStore#sync}. */
  void sync() throws IOException {
    long wanted = appended.get();
    forceLock.lock();
    try {
      refuseUnlessUsable();
      if (durable < wanted) {
        force();
      }
    } finally {
      forceLock.unlock();
    }
  }

  /** See {@link PackStore#seal}. */
  void seal() throws IOException {
    appendLock.lock();
    try {
      refuseUnlessUsable();
      if (end > PackFormat.FILE_HEADER_BYTES) {
        roll();
      }
    } catch (IOException e) {
      throw broken(e);
    } finally {
      appendLock.unlock();
    }
  }

  /** Lists a closed pack no more; false if there is none of this number. */
  boolean forget(int number) {
    appendLock.lock();
    try {
      return closedPacks.removeIf(closed -> closed.number() == number);
    } finally {
      appendLock.unlock();
    }
  }

  /** Where the next record goes, unless it opens a new pack. */
  PackPosition end() {
    appendLock.lock();
    try {
      return new PackPosition(pack.header().pack(), end);
    } finally {
      appendLock.unlock();
    }
  }

  /** All packs as they are now, in order. */
  List<PackFile> files() {
    appendLock.lock();
    try {
      List<PackFile> files = new ArrayList<>(closedPacks);
      int number = pack.header().pack();
      files.add(new PackFile(folder.file(number), number, end, false));
      return List.copyOf(files);
    } finally {
      appendLock.unlock();
    }
  }

  /**
   * Throws unless the packs may be used.
   *
   * @throws PackBroken after a failed write or force
   * @throws ClosedChannelException after {@link #close}
   */
  void refuseUnlessUsable() throws IOException {
    IOException first = failure;
    if (first != null) {
      throw new PackBroken(first);
    }
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /** Cuts the preallocated tail and makes everything durable, unless the packs are broken. */
  @Override
  public void close() throws IOException {
    appendLock.lock();
    forceLock.lock();
    try (DiskFile file = pack.file()) {
      if (closed || failure != null) {
        return;
      }
      file.truncate(end);
      file.sync();
      durable = appended.get();
    } catch (IOException e) {
      throw broken(e);
    } finally {
      closed = true;
      forceLock.unlock();
      appendLock.unlock();
    }
  }

  @GuardedBy("appendLock")
  private PackLocation write(LogPosition at, ChunkId id, ByteBuffer payload, int crc32c)
      throws PackBroken {
    try {
      int length = payload.remaining();
      rollUnlessFits(length);
      PackHeader into = pack.header();
      PackLocation location = new PackLocation(into.pack(), end, length, crc32c);
      write(new RecordHeader(RecordKind.CHUNK, into.salt(), at, id, location), payload);
      end = PackFormat.endOf(location).offset();
      appended.incrementAndGet();
      return location;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @GuardedBy("appendLock")
  private void write(RecordHeader header, ByteBuffer payload) throws IOException {
    allocate(header.end());
    DiskFile file = pack.file();
    file.write(PackFormat.encode(header), end);
    file.write(payload, end + PackFormat.RECORD_HEADER_BYTES);
    int padding = PackFormat.paddingBytes(header.location().length());
    if (padding > 0) {
      file.write(ByteBuffer.allocate(padding), header.end() - padding);
    }
  }

  @GuardedBy("forceLock")
  private void force() throws PackBroken {
    long covered = appended.get(); // Read before the force begins: what comes later is not covered.
    try {
      pack.file().sync();
      durable = covered;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * Grows the file in large steps. This keeps the file's size out of most forces; it reserves no
   * blocks (the file is sparse, and the JDK has no fallocate), so a full disk still shows itself
   * when a record is written or forced.
   */
  @GuardedBy("appendLock")
  private void allocate(long next) throws IOException {
    if (next <= allocated) {
      return;
    }
    PackOptions options = folder.options();
    allocated = Math.max(next, Math.min(next + options.preallocateBytes(), options.packBytesMax()));
    if (allocated > next) {
      pack.file().write(ByteBuffer.allocate(1), allocated - 1);
    }
  }

  @GuardedBy("appendLock")
  private void rollUnlessFits(int length) throws IOException {
    PackLocation location = new PackLocation(pack.header().pack(), end, length, 0);
    long full = PackFormat.endOf(location).offset() + PackFormat.RECORD_HEADER_BYTES;
    boolean empty = end == PackFormat.FILE_HEADER_BYTES;
    if (full > folder.options().packBytesMax() && !empty) {
      roll();
    }
  }

  /** Seals the pack and makes the next one, both durable. Waits for a force that is running. */
  @GuardedBy("appendLock")
  private void roll() throws IOException {
    forceLock.lock();
    try (DiskFile full = pack.file()) {
      refuseUnlessUsable(); // The force that was waited for may have failed.
      int number = pack.header().pack();
      RecordHeader footer = RecordHeader.footer(pack.header(), end);
      full.write(PackFormat.encode(footer), end);
      full.truncate(footer.end());
      full.sync();
      durable = appended.get();
      closedPacks.add(new PackFile(folder.file(number), number, footer.end(), true));
      pack = folder.create(number + 1);
      end = PackFormat.FILE_HEADER_BYTES;
      allocated = end;
    } finally {
      forceLock.unlock();
    }
  }

  /** Keeps the first failure; the caller throws what this returns. */
  private synchronized PackBroken broken(IOException e) {
    if (failure == null) {
      failure = e;
    }
    return e instanceof PackBroken broken ? broken : new PackBroken(e);
  }
}
