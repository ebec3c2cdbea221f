package io.balsa.rocks;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.ObjectRow;
import io.balsa.catalog.ReplyRow;
import io.balsa.catalog.RowCodec;
import io.balsa.catalog.RowKeys;
import io.balsa.catalog.StateDigest;
import io.balsa.catalog.Table;
import io.balsa.catalog.TransactionRow;
import io.balsa.catalog.UnreadableRow;
import io.balsa.catalog.VersionRow;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * The catalog at the moment of {@link CatalogStore#view}, whatever is committed later. One thread
 * at a time, cursors included. A cursor may outlive its view; both hold the store open.
 *
 * <p>Every method throws {@link UncheckedIOException} with a {@link StorageFailure} where the disk
 * fails or a row is unreadable, and {@link IllegalStateException} when the view is closed.
 */
public final class CatalogSnapshot implements ClosableView {
  private final Database database;
  private final long replyFrom;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private @Nullable CatalogHead head;
  private boolean closed;

  CatalogSnapshot(Database database, long replyFrom) {
    this.database = database;
    this.replyFrom = replyFrom;
    this.snapshot = database.snapshot();
    this.options = new ReadOptions().setVerifyChecksums(true).setSnapshot(snapshot);
  }

  @Override
  public CatalogHead head() {
    requireOpen();
    CatalogHead known = head;
    if (known == null) {
      try {
        known = CatalogStore.storedHead(database, options).orElse(CatalogHead.EMPTY);
      } catch (StorageFailure e) {
        throw new UncheckedIOException(e);
      }
      head = known;
    }
    return known;
  }

  @Override
  public Optional<DatasetRow> dataset(DatasetName name) {
    return get(Table.DATASETS, DatasetRow.class, RowKeys.dataset(name));
  }

  @Override
  public Cursor<DatasetRow> datasets(String from) {
    KeyRange range = KeyRange.from(from.getBytes(StandardCharsets.UTF_8));
    return scan(Table.DATASETS, DatasetRow.class, range);
  }

  @Override
  public Optional<TransactionRow> transaction(long id) {
    return get(Table.TRANSACTIONS, TransactionRow.class, RowKeys.transaction(id));
  }

  @Override
  public Optional<VersionRow> version(long datasetId, VersionName name) {
    return get(Table.VERSIONS, VersionRow.class, RowKeys.version(datasetId, name));
  }

  @Override
  public Cursor<VersionRow> versions(long datasetId, String from) {
    KeyRange range =
        KeyRange.within(RowKeys.inDataset(datasetId), RowKeys.versionsFrom(datasetId, from));
    return scan(Table.VERSIONS, VersionRow.class, range);
  }

  @Override
  public Optional<ChunkRow> chunk(ChunkId id) {
    return get(Table.CHUNKS, ChunkRow.class, RowKeys.chunk(id));
  }

  @Override
  public Optional<ReplyRow> reply(RequestId id) {
    return get(Table.REPLIES, ReplyRow.class, RowKeys.reply(id));
  }

  @Override
  public Cursor<ReplyRow> replies() {
    requireOpen();
    return database.scan(
        CatalogFamily.REPLY_ORDER.stored(),
        snapshot,
        KeyRange.from(CatalogStore.orderKey(replyFrom)),
        (_, key) -> ordered(key));
  }

  @Override
  public Optional<ObjectRow> object(long datasetId, ObjectPath path, long revision) {
    return get(Table.OBJECTS, ObjectRow.class, RowKeys.object(datasetId, path, revision));
  }

  @Override
  public <R extends CatalogRow> Cursor<R> rows(Table table, Class<R> type, byte[] from) {
    return scan(table, type, KeyRange.from(from));
  }

  @Override
  public Cursor<ObjectRow> history(long datasetId, ObjectPath path) {
    KeyRange range = KeyRange.of(RowKeys.history(datasetId, path));
    return scan(Table.OBJECTS, ObjectRow.class, range);
  }

  @Override
  public Cursor<ObjectRow> objects(long datasetId, byte[] from) {
    KeyRange range =
        KeyRange.within(RowKeys.inDataset(datasetId), RowKeys.objectsFrom(datasetId, from));
    return scan(Table.OBJECTS, ObjectRow.class, range);
  }

  /** All rows of a table, in order of key. */
  public Cursor<CatalogRow> rows(Table table) {
    return scan(table, CatalogRow.class, KeyRange.all());
  }

  /**
   * Reads every row and computes their digest anew: equal to the head's, unless there is rot or a
   * defect. Checks the order of replies, too. Takes as long as reading the whole catalog.
   *
   * @throws StorageFailure if a row is missing or unreadable
   */
  public StateDigest recomputeDigest() throws StorageFailure {
    requireOpen();
    StateDigest sum = StateDigest.ZERO;
    long replies = 0;
    try {
      for (Table table : Table.values()) {
        try (Cursor<CatalogRow> rows = rows(table)) {
          while (rows.hasNext()) {
            sum = sum.plus(RowCodec.hash(rows.next()));
            replies += table == Table.REPLIES ? 1 : 0;
          }
        }
      }
      try (Cursor<ReplyRow> ordered = replies()) {
        for (; ordered.hasNext(); replies--) {
          ordered.next();
        }
      }
    } catch (UncheckedIOException e) {
      throw new StorageFailure("the catalog cannot be read whole", e);
    }
    if (replies != 0) {
      throw new StorageFailure("replies and their order differ by " + replies + " rows");
    }
    return sum;
  }

  /** Releases it; again is harmless. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      options.close();
      database.release(snapshot);
    }
  }

  private <T extends CatalogRow> Optional<T> get(Table table, Class<T> type, byte[] key) {
    requireOpen();
    try {
      return read(table, key).map(type::cast);
    } catch (StorageFailure e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<CatalogRow> read(Table table, byte[] key) throws StorageFailure {
    try {
      return database
          .get(CatalogFamily.of(table).stored(), key, options)
          .map(value -> RowCodec.decode(table, key, value));
    } catch (UnreadableRow e) {
      throw new StorageFailure("a row is unreadable", e);
    }
  }

  private <T extends CatalogRow> Cursor<T> scan(Table table, Class<T> type, KeyRange range) {
    requireOpen();
    return database.scan(
        CatalogFamily.of(table).stored(),
        snapshot,
        range,
        (key, value) -> type.cast(RowCodec.decode(table, key, value)));
  }

  private ReplyRow ordered(byte[] replyKey) throws StorageFailure {
    requireOpen();
    return read(Table.REPLIES, replyKey)
        .map(ReplyRow.class::cast)
        .orElseThrow(() -> new StorageFailure("a reply is in the order of replies only"));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the view is closed");
    }
  }
}
