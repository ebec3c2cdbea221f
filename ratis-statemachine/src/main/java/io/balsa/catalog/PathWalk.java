package io.balsa.catalog;

import io.balsa.model.BrokenInvariant;
import io.balsa.model.ObjectPath;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a dataset's paths in byte order and resolves each at one revision. It stops at every path
 * that has rows, visible or not, so that its caller can bound the work. Holds a cursor; not
 * thread-safe.
 */
final class PathWalk implements AutoCloseable {
  /** Rows of a settled path that are read over before the walk seeks behind them instead. */
  private static final int READ_OVER_MAX = 8;

  private final CatalogView view;
  private final long datasetId;
  private final long revision;
  private final TransactionLookup transactions;
  private CatalogView.Cursor<ObjectRow> cursor;
  private @Nullable ObjectRow ahead;
  private @Nullable ObjectPath path;
  private Optional<VisibleObject> visible = Optional.empty();
  private long rows;

  /** Before the first path whose UTF-8 bytes are at least {@code from}. */
  PathWalk(CatalogView view, long datasetId, long revision, byte[] from) {
    this.view = view;
    this.datasetId = datasetId;
    this.revision = revision;
    this.transactions = new TransactionLookup(view);
    this.cursor = view.objects(datasetId, from);
  }

  /** The smallest bytes behind a path: no path holds a control character. */
  static byte[] behind(ObjectPath path) {
    byte[] bytes = path.toBytes();
    byte[] behind = Arrays.copyOf(bytes, bytes.length + 1);
    behind[bytes.length] = 1;
    return behind;
  }

  /** Goes to the next path; false where there is none. */
  boolean next() {
    ObjectRow row = ahead == null ? read() : ahead;
    if (row == null) {
      return false;
    }
    ObjectPath current = row.path();
    ObjectHistory history = new ObjectHistory(transactions, revision);
    boolean settled = false;
    int readOver = 0;
    while (row != null && row.path().equals(current)) {
      if (!settled) {
        settled = history.take(row);
      } else if (++readOver > READ_OVER_MAX) {
        seek(behind(current));
      }
      row = read();
    }
    ahead = row;
    path = current;
    visible = history.visible();
    return true;
  }

  /** The path that {@link #next} went to. */
  ObjectPath path() {
    ObjectPath current = path;
    if (current == null) {
      throw new BrokenInvariant("next() comes before path()");
    }
    return current;
  }

  /** What is visible there. */
  Optional<VisibleObject> visible() {
    return visible;
  }

  /** Rows read so far. */
  long rows() {
    return rows;
  }

  /** Makes {@link #next} go to the first path whose UTF-8 bytes are at least {@code from}. */
  void seek(byte[] from) {
    cursor.close();
    cursor = view.objects(datasetId, from);
    ahead = null;
  }

  @Override
  public void close() {
    cursor.close();
  }

  private @Nullable ObjectRow read() {
    if (!cursor.hasNext()) {
      return null;
    }
    rows++;
    return cursor.next();
  }
}
