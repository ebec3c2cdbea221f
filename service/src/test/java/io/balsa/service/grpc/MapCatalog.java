package io.balsa.service.grpc;

import io.balsa.catalog.AppliedBatch;
import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogTransition;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.ObjectRow;
import io.balsa.catalog.ReplyRow;
import io.balsa.catalog.RowCodec;
import io.balsa.catalog.Table;
import io.balsa.catalog.TransactionRow;
import io.balsa.catalog.VersionRow;
import io.balsa.command.CommandBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.LogPosition;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The catalog's rows, by table and key; never changed: applying gives another one. */
record MapCatalog(CatalogHead head, TreeMap<String, CatalogRow> rows) implements ClosableView {
  static final MapCatalog EMPTY = new MapCatalog(CatalogHead.EMPTY, new TreeMap<>());

  /** The state after a batch, and its decisions. */
  record Step(MapCatalog after, AppliedBatch applied) {}

  Step apply(CommandBatch batch, LogPosition at) {
    AppliedBatch applied = CatalogTransition.apply(this, batch, at);
    TreeMap<String, CatalogRow> after = new TreeMap<>(rows);
    for (CatalogWrite write : applied.writes()) {
      write.before().ifPresent(row -> after.remove(key(row)));
      write.after().ifPresent(row -> after.put(key(row), row));
    }
    return new Step(new MapCatalog(applied.after(), after), applied);
  }

  private static String key(CatalogRow row) {
    return row.getClass().getSimpleName() + HexFormat.of().formatHex(RowCodec.key(row));
  }

  @Override
  public Optional<DatasetRow> dataset(DatasetName name) {
    return stream(DatasetRow.class, row -> row.name().equals(name)).findFirst();
  }

  @Override
  public Cursor<DatasetRow> datasets(String from) {
    return cursor(stream(DatasetRow.class, row -> row.name().text().compareTo(from) >= 0));
  }

  @Override
  public Optional<TransactionRow> transaction(long id) {
    return stream(TransactionRow.class, row -> row.id() == id).findFirst();
  }

  @Override
  public Optional<VersionRow> version(long datasetId, VersionName name) {
    return stream(VersionRow.class, row -> row.datasetId() == datasetId && row.name().equals(name))
        .findFirst();
  }

  @Override
  public Cursor<VersionRow> versions(long datasetId, String from) {
    return cursor(
        stream(
            VersionRow.class,
            row -> row.datasetId() == datasetId && row.name().text().compareTo(from) >= 0));
  }

  @Override
  public Optional<ChunkRow> chunk(ChunkId id) {
    return stream(ChunkRow.class, row -> row.id().equals(id)).findFirst();
  }

  @Override
  public Optional<ReplyRow> reply(RequestId id) {
    return stream(ReplyRow.class, row -> row.requestId().equals(id)).findFirst();
  }

  @Override
  public Cursor<ReplyRow> replies() {
    return cursor(
        stream(ReplyRow.class, _ -> true)
            .sorted((a, b) -> Long.compare(a.sequence(), b.sequence())));
  }

  @Override
  public Cursor<ObjectRow> history(long datasetId, ObjectPath path) {
    return cursor(
        stream(ObjectRow.class, row -> row.datasetId() == datasetId && row.path().equals(path)));
  }

  @Override
  public Cursor<ObjectRow> objects(long datasetId, byte[] from) {
    return cursor(
        stream(
            ObjectRow.class,
            row ->
                row.datasetId() == datasetId
                    && Arrays.compareUnsigned(row.path().toBytes(), from) >= 0));
  }

  @Override
  public Optional<ObjectRow> object(long datasetId, ObjectPath path, long revision) {
    return stream(
            ObjectRow.class,
            row ->
                row.datasetId() == datasetId
                    && row.path().equals(path)
                    && row.revision() == revision)
        .findFirst();
  }

  @Override
  public <R extends CatalogRow> Cursor<R> rows(Table table, Class<R> type, byte[] from) {
    return cursor(stream(type, row -> Arrays.compareUnsigned(RowCodec.key(row), from) >= 0));
  }

  @Override
  public void close() {}

  private <R extends CatalogRow> Stream<R> stream(Class<R> type, Predicate<R> filter) {
    return rows.values().stream().filter(type::isInstance).map(type::cast).filter(filter);
  }

  private static <T> Cursor<T> cursor(Stream<T> rows) {
    Iterator<T> iterator = rows.iterator();
    return new Cursor<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public T next() {
        return iterator.next();
      }

      @Override
      public void close() {}
    };
  }
}
