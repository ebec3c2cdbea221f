package io.balsa.rocks;

import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.UnreadableRow;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompressionType;
import org.rocksdb.WriteBatch;

/**
 * Where the chunks of one group are in its packs, in a RocksDB folder; docs/formats/chunk-index.md.
 *
 * <p>As in {@link CatalogStore}, entries and head go into one batch, and after a crash the folder
 * holds the index as it was after some commit, not older than the last {@link #flush} that
 * returned. A full write buffer is flushed at any time, so a record must be durable in its pack
 * before its entry is committed.
 *
 * <p>{@link #commit} is for one thread at a time, all else for any thread.
 */
public final class ChunkIndex implements AutoCloseable {
  private static final String ALL = "default";

  private final Database database;
  private final AtomicReference<ChunkHead> durable;
  private final ReentrantLock committing = new ReentrantLock();
  private volatile ChunkHead head;

  private ChunkIndex(Database database, ChunkHead head) {
    this.database = database;
    this.head = head;
    this.durable = new AtomicReference<>(head);
  }

  /**
   * Opens an index, or makes an empty one.
   *
   * @param folder is made where it does not exist
   * @param memory must stay open as long as the index
   * @throws StorageFailure nothing is open
   */
  public static ChunkIndex open(Path folder, RocksMemory memory) throws StorageFailure {
    return open(folder, memory, _ -> {});
  }

  /**
   * As {@link #open(Path, RocksMemory)}.
   *
   * @param onCorruption told, once and on any thread, when the open index turns out to be corrupt
   */
  public static ChunkIndex open(
      Path folder, RocksMemory memory, Consumer<StorageFailure> onCorruption)
      throws StorageFailure {
    // Digests and offsets do not compress.
    Database database =
        Database.open(folder, List.of(ALL), CompressionType.NO_COMPRESSION, memory, onCorruption);
    boolean opened = false;
    try {
      ChunkIndex index = new ChunkIndex(database, storedHead(database, folder));
      opened = true;
      return index;
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  /** Where the index is: the newest commit, durable or not. */
  public ChunkHead head() {
    return head;
  }

  /** The last entry of the last flush that was waited for; at first, what was on disk. */
  public LogPosition durable() {
    return durable.get().applied();
  }

  /**
   * Where a chunk is; empty if it is not here.
   *
   * @throws StorageFailure nothing is known about it
   */
  public Optional<PackLocation> get(ChunkId id) throws StorageFailure {
    try {
      return database.get(ALL, ChunkIndexCodec.key(id)).map(ChunkIndexCodec::location);
    } catch (UnreadableRow e) {
      throw new StorageFailure("the entry of chunk " + id + " is unreadable", e);
    }
  }

  /** Whether a chunk is here; fails as {@link #get} does. */
  public boolean contains(ChunkId id) throws StorageFailure {
    return get(id).isPresent();
  }

  /**
   * Adds or moves chunks and moves the head, as one. Not durable before a {@link #flush}. One
   * thread at a time.
   *
   * @param entries of one chunk the last one counts
   * @param after its position is not less than the one before
   * @throws StorageFailure nobody knows whether it happened; the process must halt
   */
  public void commit(List<ChunkEntry> entries, ChunkHead after) throws StorageFailure {
    committing.lock();
    try {
      BrokenInvariant.check(
          after.applied().compareTo(head.applied()) >= 0,
          "an index does not go back",
          head.applied(),
          after.applied());
      ColumnFamilyHandle all = database.family(ALL);
      database.write(
          (WriteBatch batch) -> {
            for (ChunkEntry entry : entries) {
              batch.put(
                  all, ChunkIndexCodec.key(entry.id()), ChunkIndexCodec.value(entry.location()));
            }
            batch.put(all, ChunkIndexCodec.headKey(), ChunkIndexCodec.value(after));
          });
      head = after;
    } finally {
      committing.unlock();
    }
  }

  /**
   * Makes all commits before the call durable, and waits for it. Commits go on meanwhile.
   *
   * @return a head that is surely on disk, with all entries up to it
   * @throws StorageFailure nobody knows what of it is durable; the process must halt
   */
  public ChunkHead flush() throws StorageFailure {
    ChunkHead before = head;
    database.flush();
    return durable.accumulateAndGet(before, ChunkIndex::newer);
  }

  /**
   * Every chunk that is here at this moment, in order of id. Holds the index open until it is
   * closed; throws {@link UncheckedIOException} with a {@link StorageFailure}.
   */
  public Cursor<ChunkEntry> entries() {
    // The least key that is not the head's.
    return database.scan(ALL, null, KeyRange.from(new byte[] {0}), ChunkIndexCodec::entry);
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
   * Table files are hard links. Commits wait meanwhile; a flush before keeps that short.
   *
   * @param target must not exist; its parent must, on the same file system, and is not synced
   * @throws StorageFailure the target is to be deleted, and the one with ".tmp" at its end too
   */
  public ChunkHead checkpoint(Path target) throws StorageFailure {
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
   * open cursors.
   *
   * @throws StorageFailure if the last flush failed, or something is still in use: then it stays
   *     open
   */
  @Override
  public void close() throws StorageFailure {
    database.close(() -> !head.equals(durable.get()));
  }

  private static ChunkHead storedHead(Database database, Path folder) throws StorageFailure {
    Optional<byte[]> stored = database.get(ALL, ChunkIndexCodec.headKey());
    if (stored.isPresent()) {
      try {
        return ChunkIndexCodec.head(stored.get());
      } catch (UnreadableRow e) {
        throw new StorageFailure(folder + ": the head is unreadable", e);
      }
    }
    try (var keys = database.scan(ALL, null, KeyRange.all(), (key, _) -> key)) {
      if (keys.hasNext()) {
        throw StorageFailure.corruption(folder + " has chunks but no head: it is damaged");
      }
    } catch (UncheckedIOException e) {
      throw new StorageFailure("cannot open " + folder, e);
    }
    return ChunkHead.EMPTY;
  }

  private static ChunkHead newer(ChunkHead one, ChunkHead other) {
    // Of equal positions the later one, which accumulateAndGet gives second.
    return other.applied().compareTo(one.applied()) >= 0 ? other : one;
  }
}
