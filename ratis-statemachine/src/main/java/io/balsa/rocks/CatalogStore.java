package io.balsa.rocks;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ReplyRow;
import io.balsa.catalog.RowCodec;
import io.balsa.catalog.UnreadableRow;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.LogPosition;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The catalog's rows and head in a RocksDB folder; docs/formats/catalog.md.
 *
 * <p>Rows and head of one entry go into one batch, and a flush makes batches durable in order and
 * whole. So after a crash the folder holds the catalog as it was after some entry, not older than
 * the last {@link #flush} that returned; the Raft log applies the rest again.
 *
 * <p>{@link #commit} is for one thread at a time, all else for any thread.
 */
public final class CatalogStore implements AutoCloseable {
  private static final byte[] HEAD_KEY = {0};

  private final Database database;
  private final AtomicReference<CatalogHead> durable;
  private final ReentrantLock committing = new ReentrantLock();

  private volatile CatalogHead head;

  /** No reply that exists has a lower sequence. Spares scans the tombstones of dropped replies. */
  private volatile long oldestReply;

  private CatalogStore(Database database, CatalogHead head, long oldestReply) {
    this.database = database;
    this.head = head;
    this.durable = new AtomicReference<>(head);
    this.oldestReply = oldestReply;
  }

  /**
   * Opens a catalog, or makes an empty one.
   *
   * @param folder is made where it does not exist
   * @param memory must stay open as long as the store
   * @throws StorageFailure nothing is open
   */
  public static CatalogStore open(Path folder, RocksMemory memory) throws StorageFailure {
    return open(folder, memory, _ -> {});
  }

  /**
   * As {@link #open(Path, RocksMemory)}.
   *
   * @param onDamage told, once and on any thread, when the open store turns out to be corrupt, or
   *     the disk cannot read it
   */
  public static CatalogStore open(
      Path folder, RocksMemory memory, Consumer<StorageFailure> onDamage) throws StorageFailure {
    Database database =
        Database.open(
            folder, CatalogFamily.names(), CompressionType.LZ4_COMPRESSION, memory, onDamage);
    boolean opened = false;
    try {
      Optional<CatalogHead> stored = storedHead(database, null);
      if (stored.isEmpty()) {
        requireEmpty(database, folder);
      }
      CatalogHead head = stored.orElse(CatalogHead.EMPTY);
      CatalogStore store = new CatalogStore(database, head, firstReply(database, head));
      opened = true;
      return store;
    } catch (UncheckedIOException e) {
      throw new StorageFailure("cannot open " + folder, e);
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  /** Where the catalog is: the newest commit, durable or not. */
  public CatalogHead head() {
    return head;
  }

  /** The last entry of the last flush that was waited for; at first, what was on disk. */
  public LogPosition durable() {
    return durable.get().applied();
  }

  /**
   * Replaces rows and moves the head, as one: views see all of it or nothing. Not durable before a
   * {@link #flush}. One thread at a time.
   *
   * @param writes at most one for each row
   * @param after its position is greater than the one before
   * @throws StorageFailure nobody knows whether it happened; the process must halt
   */
  public void commit(List<CatalogWrite> writes, CatalogHead after) throws StorageFailure {
    committing.lock();
    try {
      BrokenInvariant.check(
          after.applied().compareTo(head.applied()) > 0,
          "entries are committed in order",
          head.applied(),
          after.applied());
      lowerOldestReply(writes);
      database.write(batch -> addTo(batch, writes, after));
      head = after;
      raiseOldestReply(writes);
    } finally {
      committing.unlock();
    }
  }

  /**
   * Makes all commits before the call durable, and waits for it. Commits go on meanwhile.
   *
   * @return a head that is surely on disk, with all rows up to it
   * @throws StorageFailure nobody knows what of it is durable; the process must halt
   */
  public CatalogHead flush() throws StorageFailure {
    CatalogHead before = head;
    database.flush();
    return durable.accumulateAndGet(before, CatalogStore::newer);
  }

  /**
   * The catalog as it is now, for as long as the view is open. Cheap. Close it soon: it keeps old
   * rows from being dropped and the store from being closed.
   *
   * @throws IllegalStateException if the store is closed
   */
  public CatalogSnapshot view() {
    // Read before the snapshot is taken, so that it can only be too low for it.
    long replyFrom = oldestReply;
    return new CatalogSnapshot(database, replyFrom);
  }

  /** Bytes in the catalog's table files. */
  public long tableBytes() {
    return database.tableBytes();
  }

  /**
   * Reads all table files and checks their checksums; takes as long as that.
   *
   * @throws StorageFailure one is damaged or cannot be read
   */
  public void verify() throws StorageFailure {
    database.verify();
  }

  /**
   * Asks whether a flush or compaction in background failed; commits and flushes ask by themselves,
   * so this is for idle times. Cheap.
   *
   * @throws StorageFailure the store takes no more writes; the process must halt
   */
  public void requireSound() throws StorageFailure {
    database.requireSound();
  }

  /**
   * Makes a folder that {@link #open} can open, with all commits up to the head that is returned.
   * Table files are hard links, so it is small and fast until the store drops them. Commits wait
   * meanwhile; a flush before keeps that short.
   *
   * @param target must not exist; its parent must, on the same file system, and is not synced
   * @throws StorageFailure the target is to be deleted, and the one with ".tmp" at its end too
   */
  public CatalogHead checkpoint(Path target) throws StorageFailure {
    flush();
    committing.lock();
    try {
      database.checkpoint(target);
      return head;
    } finally {
      committing.unlock();
    }
  }

  /**
   * Flushes, unless something failed before, and closes; again is harmless. Waits up to 10 s for
   * open views and cursors.
   *
   * @throws StorageFailure if the last flush failed, or something is still in use: then it stays
   *     open
   */
  @Override
  public void close() throws StorageFailure {
    database.close(this::isDirty);
  }

  private boolean isDirty() {
    return !head.equals(durable.get());
  }

  static Optional<CatalogHead> storedHead(Database database, @Nullable ReadOptions options)
      throws StorageFailure {
    String family = CatalogFamily.HEAD.stored();
    try {
      return (options == null
              ? database.get(family, HEAD_KEY)
              : database.get(family, HEAD_KEY, options))
          .map(RowCodec::decodeHead);
    } catch (UnreadableRow e) {
      throw new StorageFailure("the catalog's head is unreadable", e);
    }
  }

  private static CatalogHead newer(CatalogHead one, CatalogHead other) {
    return one.applied().compareTo(other.applied()) >= 0 ? one : other;
  }

  private static void requireEmpty(Database database, Path folder) throws StorageFailure {
    for (CatalogFamily family : CatalogFamily.values()) {
      try (var rows = database.scan(family.stored(), null, KeyRange.all(), (key, _) -> key)) {
        if (rows.hasNext()) {
          throw StorageFailure.corruption(
              folder + " has " + family + " but no head: it is damaged");
        }
      }
    }
  }

  private static long firstReply(Database database, CatalogHead head) {
    try (var order =
        database.scan(
            CatalogFamily.REPLY_ORDER.stored(),
            null,
            KeyRange.all(),
            (key, _) -> ByteBuffer.wrap(key).getLong())) {
      return order.hasNext() ? order.next() : head.replies() + 1;
    }
  }

  private void addTo(WriteBatch batch, List<CatalogWrite> writes, CatalogHead after)
      throws RocksDBException {
    for (CatalogWrite write : writes) {
      if (write.before().isPresent()) {
        remove(batch, write.before().get(), write.after().isPresent());
      }
      if (write.after().isPresent()) {
        put(batch, write.after().get());
      }
    }
    batch.put(database.family(CatalogFamily.HEAD.stored()), HEAD_KEY, RowCodec.headValue(after));
  }

  private void put(WriteBatch batch, CatalogRow row) throws RocksDBException {
    CatalogFamily family = CatalogFamily.of(RowCodec.table(row));
    byte[] key = RowCodec.key(row);
    batch.put(database.family(family.stored()), key, RowCodec.value(row));
    if (row instanceof ReplyRow reply) {
      batch.put(
          database.family(CatalogFamily.REPLY_ORDER.stored()), orderKey(reply.sequence()), key);
    }
  }

  private void remove(WriteBatch batch, CatalogRow row, boolean isReplaced)
      throws RocksDBException {
    if (!isReplaced) {
      CatalogFamily family = CatalogFamily.of(RowCodec.table(row));
      batch.delete(database.family(family.stored()), RowCodec.key(row));
    }
    if (row instanceof ReplyRow reply) {
      batch.delete(database.family(CatalogFamily.REPLY_ORDER.stored()), orderKey(reply.sequence()));
    }
  }

  static byte[] orderKey(long sequence) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
  }

  @GuardedBy("committing")
  private void lowerOldestReply(List<CatalogWrite> writes) {
    for (CatalogWrite write : writes) {
      if (write.after().orElse(null) instanceof ReplyRow reply) {
        oldestReply = Math.min(oldestReply, reply.sequence());
      }
    }
  }

  @GuardedBy("committing")
  private void raiseOldestReply(List<CatalogWrite> writes) {
    for (CatalogWrite write : writes) {
      // Replies are dropped from the oldest on, without gaps; anything else is only slower.
      if (write.after().isEmpty()
          && write.before().orElse(null) instanceof ReplyRow reply
          && reply.sequence() == oldestReply) {
        oldestReply = reply.sequence() + 1;
      }
    }
  }
}
