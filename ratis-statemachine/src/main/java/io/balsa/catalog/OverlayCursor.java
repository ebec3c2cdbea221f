package io.balsa.catalog;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a base with pending writes laid over them, merged by key. Not thread-safe; the pending
 * writes must not change while it is open.
 */
final class OverlayCursor<R extends CatalogRow> implements CatalogView.Cursor<R> {
  private final CatalogView.Cursor<R> base;
  private final Iterator<Map.Entry<byte[], CatalogWrite>> pending;
  private final Class<R> type;
  private @Nullable R baseRow;
  private Map.@Nullable Entry<byte[], CatalogWrite> write;
  private @Nullable R next;

  /** Takes the base over and closes it; both are in order of key. */
  OverlayCursor(
      CatalogView.Cursor<R> base,
      Iterator<Map.Entry<byte[], CatalogWrite>> pending,
      Class<R> type) {
    this.base = base;
    this.pending = pending;
    this.type = type;
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      if (baseRow == null && base.hasNext()) {
        baseRow = base.next();
      }
      if (write == null && pending.hasNext()) {
        write = pending.next();
      }
      if (baseRow == null && write == null) {
        return false;
      }
      merge(baseRow, write);
    }
    return true;
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    R row = next;
    next = null;
    if (row == null) {
      throw new NoSuchElementException();
    }
    return row;
  }

  @Override
  public void close() {
    base.close();
  }

  /** Uses up the one that comes first, or both for one key: the write counts. */
  private void merge(@Nullable R row, Map.@Nullable Entry<byte[], CatalogWrite> over) {
    if (over == null) {
      next = row;
      baseRow = null;
      return;
    }
    int order = row == null ? 1 : Arrays.compareUnsigned(RowCodec.key(row), over.getKey());
    if (order < 0) {
      next = row;
      baseRow = null;
      return;
    }
    if (order == 0) {
      baseRow = null;
    }
    next = over.getValue().after().map(type::cast).orElse(null);
    write = null;
  }
}
