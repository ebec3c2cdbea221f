package io.balsa.rocks;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.failpoint.Failpoint;
import io.balsa.rocks.RowCursor.RowDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB folder without write-ahead log, flushed atomically over its column families, which
 * are known by name.
 *
 * <p>After the first failed write or flush, in background too, it takes no more of them. One writer
 * at a time; all else on any thread.
 *
 * <p>What makes a flush durable: RocksDB writes each new table file, syncs it (fdatasync), syncs
 * the folder, then appends one record that names all of the tables to the MANIFEST and syncs that.
 * No option here switches any of these off. A crash before the last step leaves the flush before
 * it.
 */
final class Database implements AutoCloseable {
  private static final String BACKGROUND_ERRORS = "rocksdb.background-errors";
  private static final Duration USERS_WAIT_MAX = Duration.ofSeconds(10);

  private final Path folder;
  private final NativeStack natives;
  private final RocksDB db;
  private final Map<String, ColumnFamilyHandle> families;
  private final WriteOptions writing;
  private final FlushOptions flushing;
  private final ReadOptions reading;
  private final OpenGate gate = new OpenGate();
  private final AtomicReference<@Nullable StorageFailure> failed = new AtomicReference<>();
  private final Consumer<StorageFailure> onDamage;
  private final AtomicBoolean damageTold = new AtomicBoolean();

  @GuardedBy("this")
  private boolean closed;

  /** What goes into a batch. */
  @FunctionalInterface
  interface Changes {
    /** Adds all of it. */
    void addTo(WriteBatch batch) throws RocksDBException;
  }

  private Database(
      Path folder,
      NativeStack natives,
      RocksDB db,
      Map<String, ColumnFamilyHandle> families,
      Consumer<StorageFailure> onDamage) {
    this.folder = folder;
    this.natives = natives;
    this.db = db;
    this.families = Map.copyOf(families);
    this.onDamage = onDamage;
    writing = natives.own(new WriteOptions()).setDisableWAL(true);
    flushing = natives.own(new FlushOptions()).setWaitForFlush(true);
    reading = natives.own(new ReadOptions()).setVerifyChecksums(true);
  }

  /**
   * Opens a folder, or makes it.
   *
   * @param names of the column families, "default" among them
   * @param onDamage told when the open store turns out to be corrupt, or the disk cannot read it:
   *     once, on any thread
   * @throws StorageFailure nothing is open
   */
  static Database open(
      Path folder,
      List<String> names,
      CompressionType compression,
      RocksMemory memory,
      Consumer<StorageFailure> onDamage)
      throws StorageFailure {
    makeFolder(folder);
    NativeStack natives = new NativeStack();
    boolean opened = false;
    try {
      DBOptions options = StoreOptions.database(natives, memory);
      ColumnFamilyOptions familyOptions = StoreOptions.family(natives, memory, compression);
      List<ColumnFamilyDescriptor> descriptors =
          names.stream()
              .map(name -> name.getBytes(StandardCharsets.UTF_8))
              .map(name -> new ColumnFamilyDescriptor(name, familyOptions))
              .toList();
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db = natives.own(RocksDB.open(options, folder.toString(), descriptors, handles));
      Map<String, ColumnFamilyHandle> families = new HashMap<>();
      for (int i = 0; i < names.size(); i++) {
        families.put(names.get(i), natives.own(handles.get(i)));
      }
      Database database = new Database(folder, natives, db, families, onDamage);
      opened = true;
      return database;
    } catch (RocksDBException e) {
      throw new StorageFailure("cannot open " + folder, e);
    } finally {
      if (!opened) {
        natives.close();
      }
    }
  }

  /** The handle of a column family, for {@link Changes}. */
  ColumnFamilyHandle family(String name) {
    return Objects.requireNonNull(families.get(name), name);
  }

  /**
   * Writes all changes or none, in memory: durable after the next flush.
   *
   * @throws StorageFailure nobody knows whether they were written
   */
  void write(Changes changes) throws StorageFailure {
    gate.enter();
    try (WriteBatch batch = new WriteBatch()) {
      refuseIfFailed();
      changes.addTo(batch);
      step(Failpoint.ROWS_COMMIT, () -> db.write(writing, batch));
    } catch (RocksDBException e) {
      throw fail("write to " + folder + " failed", e);
    } finally {
      gate.leave();
    }
  }

  /**
   * Makes all durable that was written before the call.
   *
   * @throws StorageFailure nobody knows what of it is durable
   */
  void flush() throws StorageFailure {
    gate.enter();
    try {
      refuseIfFailed();
      step(Failpoint.ROWS_FLUSH, () -> db.flush(flushing, List.copyOf(families.values())));
    } catch (RocksDBException e) {
      throw fail("flush of " + folder + " failed", e);
    } finally {
      gate.leave();
    }
  }

  /**
   * Makes a folder with all that was written before the call, by hard links where it can.
   *
   * @param target must not exist; its parent must, on the same file system
   * @throws StorageFailure there may be a part of it, under this name with ".tmp"
   */
  void checkpoint(Path target) throws StorageFailure {
    gate.enter();
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      refuseIfFailed();
      step(Failpoint.ROWS_CHECKPOINT, () -> checkpoint.createCheckpoint(target.toString()));
    } catch (RocksDBException e) {
      throw met("checkpoint of " + folder + " at " + target + " failed", e);
    } finally {
      gate.leave();
    }
  }

  /**
   * Asks for failures of flushes and compactions in background; costs less than a microsecond.
   *
   * <p>RocksDB would tell them to a listener, too, but 11.8.1's Java binding does not know the
   * reason "flush without write-ahead log" and drops just those.
   *
   * @throws StorageFailure the store takes no more writes
   */
  void requireSound() throws StorageFailure {
    gate.enter();
    try {
      refuseIfFailed();
    } catch (RocksDBException e) {
      throw met("cannot ask for the state of " + folder, e);
    } finally {
      gate.leave();
    }
  }

  /**
   * Reads every table file, without filling the cache, and compares its blocks with their
   * checksums. Takes as long as that.
   *
   * @throws StorageFailure one is damaged or cannot be read
   */
  void verify() throws StorageFailure {
    gate.enter();
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      StorageFailure failure = new StorageFailure(folder + " fails its check", e);
      // Whoever asked for the check knows what to do with a corrupt store.
      throw failure.isUnreadable() ? told(failure) : failure;
    } finally {
      gate.leave();
    }
  }

  /** Bytes in all table files. */
  long tableBytes() {
    gate.enter();
    try {
      return db.getLiveFilesMetaData().stream().mapToLong(SstFileMetaData::size).sum();
    } finally {
      gate.leave();
    }
  }

  /** A value of now. */
  Optional<byte[]> get(String family, byte[] key) throws StorageFailure {
    return get(family, key, reading);
  }

  /** A value as the options see it. */
  Optional<byte[]> get(String family, byte[] key, ReadOptions options) throws StorageFailure {
    gate.enter();
    try {
      return Optional.ofNullable(db.get(family(family), options, key));
    } catch (RocksDBException e) {
      throw met("read from " + folder + " failed", e);
    } finally {
      gate.leave();
    }
  }

  /** Walks over what is there now, or in a snapshot. */
  <T> RowCursor<T> scan(
      String family, @Nullable Snapshot snapshot, KeyRange range, RowDecoder<T> decoder) {
    return new RowCursor<>(this, family(family), snapshot, range, decoder);
  }

  /** Holds the store open, and what is in it now, until {@link #release}. */
  Snapshot snapshot() {
    gate.enter();
    return db.getSnapshot();
  }

  /** Gives a snapshot back, once. */
  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
    gate.leave();
  }

  /**
   * Closes it without a flush; again is harmless. Waits up to 10 s for cursors and snapshots.
   *
   * @throws StorageFailure if some are still in use: then it stays open, since closing it under
   *     them would take the process down
   */
  @Override
  public void close() throws StorageFailure {
    close(() -> false);
  }

  /**
   * Closes it; again is harmless. Waits up to 10 s for cursors and snapshots.
   *
   * @param isDirty asked when no user is left: whether a flush must come first
   * @throws StorageFailure if the flush failed, and it is closed; or if some are still in use: then
   *     it stays open, since closing it under them would take the process down
   */
  synchronized void close(BooleanSupplier isDirty) throws StorageFailure {
    if (!gate.close(USERS_WAIT_MAX)) {
      throw new StorageFailure(folder + " is in use and stays open");
    }
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (failed.get() == null && isDirty.getAsBoolean()) {
        db.flush(flushing, List.copyOf(families.values()));
      }
    } catch (RocksDBException e) {
      throw fail("last flush of " + folder + " failed", e);
    } finally {
      natives.close();
    }
  }

  /** Keeps users from having the store closed under them. */
  OpenGate gate() {
    return gate;
  }

  /** A walk over rows of a snapshot, or of now; inside of the gate. */
  RocksIterator iterator(ColumnFamilyHandle family, ReadOptions options) {
    return db.newIterator(family, options);
  }

  /** A step of RocksDB's. */
  @FunctionalInterface
  private interface Step {
    void run() throws RocksDBException;
  }

  private void step(Failpoint point, Step step) throws RocksDBException {
    try {
      point.before(folder);
      step.run();
      point.after(folder);
    } catch (IOException e) {
      throw new RocksDBException(e.getMessage());
    }
  }

  /** A failure that leaves the store usable, unless it tells of damage. */
  StorageFailure met(String message, RocksDBException cause) {
    return told(new StorageFailure(message, cause));
  }

  private StorageFailure told(StorageFailure failure) {
    boolean isDamage = failure.isCorruption() || failure.isUnreadable();
    if (isDamage && damageTold.compareAndSet(false, true)) {
      onDamage.accept(failure);
    }
    return failure;
  }

  private StorageFailure fail(String message, RocksDBException cause) {
    StorageFailure failure = told(StorageFailure.ofWrite(message, cause));
    failed.compareAndSet(null, failure);
    return failure;
  }

  private void refuseIfFailed() throws StorageFailure, RocksDBException {
    StorageFailure failure = failed.get();
    if (failure != null) {
      throw new StorageFailure(folder + " takes no more writes", failure);
    }
    if (db.getLongProperty(BACKGROUND_ERRORS) > 0) {
      throw backgroundFailure();
    }
  }

  /** The store refuses every write by now, with what stopped it, which nothing else tells. */
  private StorageFailure backgroundFailure() {
    String message = "a flush or compaction of " + folder + " in background failed";
    try (WriteBatch nothing = new WriteBatch()) {
      db.write(writing, nothing);
    } catch (RocksDBException e) {
      return fail(message, e);
    }
    StorageFailure failure = new StorageFailure(message);
    failed.compareAndSet(null, failure);
    return failure;
  }

  private static void makeFolder(Path folder) throws StorageFailure {
    try {
      Files.createDirectories(folder);
      // RocksDB would take a folder without CURRENT for a new one, and delete the tables in it.
      if (Files.notExists(folder.resolve("CURRENT")) && hasTables(folder)) {
        throw StorageFailure.corruption(folder + " has tables but no CURRENT file: it is damaged");
      }
    } catch (StorageFailure e) {
      throw e;
    } catch (IOException e) {
      throw new StorageFailure("cannot make " + folder, e);
    }
  }

  private static boolean hasTables(Path folder) throws IOException {
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*.sst")) {
      return tables.iterator().hasNext();
    }
  }
}
