package io.balsa.rocks;

import io.balsa.catalog.CatalogView;
import io.balsa.catalog.UnreadableRow;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * Walks over a range of one column family. Holds the store open until it is closed. Not
 * thread-safe.
 *
 * <p>{@link #hasNext} and {@link #next} throw {@link UncheckedIOException} with a {@link
 * StorageFailure} where the disk fails or a row is unreadable: an end that is reached is the true
 * end.
 */
final class RowCursor<T> implements CatalogView.Cursor<T> {
  private final Database database;
  private final RowDecoder<T> decoder;
  private final NativeStack natives = new NativeStack();
  private final RocksIterator iterator;
  private boolean closed;

  /** Turns a key and value into what the cursor gives. */
  @FunctionalInterface
  interface RowDecoder<T> {
    /** {@link UnreadableRow} becomes a {@link StorageFailure}. */
    T decode(byte[] key, byte[] value) throws StorageFailure;
  }

  /**
   * Enters the gate, and leaves it when closed.
   *
   * @param snapshot null reads what is there now
   */
  RowCursor(
      Database database,
      ColumnFamilyHandle family,
      @Nullable Snapshot snapshot,
      KeyRange range,
      RowDecoder<T> decoder) {
    this.database = database;
    this.decoder = decoder;
    database.gate().enter();
    boolean opened = false;
    try {
      ReadOptions options = natives.own(new ReadOptions().setVerifyChecksums(true));
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      byte[] end = range.end();
      if (end != null) {
        // The options only point to the slice, so it must live as long as they do.
        options.setIterateUpperBound(natives.own(new Slice(end)));
      }
      iterator = natives.own(database.iterator(family, options));
      iterator.seek(range.start());
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  @Override
  public boolean hasNext() {
    requireOpen();
    if (iterator.isValid()) {
      return true;
    }
    try {
      iterator.status();
      return false;
    } catch (RocksDBException e) {
      throw new UncheckedIOException(database.met("scan failed", e));
    }
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the range has ended");
    }
    try {
      T row = decoder.decode(iterator.key(), iterator.value());
      iterator.next();
      return row;
    } catch (UnreadableRow e) {
      throw new UncheckedIOException(new StorageFailure("scan met an unreadable row", e));
    } catch (StorageFailure e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      natives.close();
      database.gate().leave();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed");
    }
  }
}
