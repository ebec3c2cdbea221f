package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.LogPosition;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A catalog in sorted maps, which also checks what the transition hands it. Not thread-safe. */
public final class MemoryCatalog implements CatalogView {
  private final Map<Table, TreeMap<byte[], CatalogRow>> tables = new EnumMap<>(Table.class);
  private CatalogHead head = CatalogHead.EMPTY;

  /** Empty. */
  public MemoryCatalog() {
    for (Table table : Table.values()) {
      tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /** Applies the next entry. */
  public List<Decision> apply(CommandBatch batch) {
    LogPosition at = new LogPosition(1, head.applied().index() + 1);
    AppliedBatch applied = CatalogTransition.apply(this, batch, at);
    for (CatalogWrite write : applied.writes()) {
      CatalogRow row = write.after().or(write::before).orElseThrow();
      TreeMap<byte[], CatalogRow> table = tables.get(RowCodec.table(row));
      byte[] key = RowCodec.key(row);
      Optional<CatalogRow> before = Optional.ofNullable(table.remove(key));
      assertThat(before).as("the row that a write replaces").isEqualTo(write.before());
      write.after().ifPresent(after -> table.put(key, after));
    }
    head = applied.after();
    return applied.decisions();
  }

  /** Becomes another catalog. */
  void restore(Iterable<? extends CatalogRow> rows, CatalogHead newHead) {
    tables.values().forEach(TreeMap::clear);
    rows.forEach(row -> tables.get(RowCodec.table(row)).put(RowCodec.key(row), row));
    head = newHead;
  }

  /** Every row, by table and key. */
  public List<CatalogRow> rows() {
    return tables.values().stream().flatMap(table -> table.values().stream()).toList();
  }

  /** The digest computed anew. */
  public StateDigest recomputedDigest() {
    return rows().stream()
        .map(RowCodec::hash)
        .reduce(StateDigest.ZERO, StateDigest::plus, (a, b) -> b);
  }

  @Override
  public CatalogHead head() {
    return head;
  }

  @Override
  public Optional<DatasetRow> dataset(DatasetName name) {
    return row(Table.DATASETS, RowKeys.dataset(name), DatasetRow.class);
  }

  @Override
  public Cursor<DatasetRow> datasets(String from) {
    return cursor(
        rows(Table.DATASETS, DatasetRow.class)
            .filter(row -> row.name().text().compareTo(from) >= 0));
  }

  @Override
  public Optional<TransactionRow> transaction(long id) {
    return row(Table.TRANSACTIONS, RowKeys.transaction(id), TransactionRow.class);
  }

  @Override
  public Optional<VersionRow> version(long datasetId, VersionName name) {
    return row(Table.VERSIONS, RowKeys.version(datasetId, name), VersionRow.class);
  }

  @Override
  public Cursor<VersionRow> versions(long datasetId, String from) {
    return cursor(
        rows(Table.VERSIONS, VersionRow.class)
            .filter(row -> row.datasetId() == datasetId && row.name().text().compareTo(from) >= 0));
  }

  @Override
  public Optional<ChunkRow> chunk(ChunkId id) {
    return row(Table.CHUNKS, RowKeys.chunk(id), ChunkRow.class);
  }

  @Override
  public Optional<ReplyRow> reply(RequestId id) {
    return row(Table.REPLIES, RowKeys.reply(id), ReplyRow.class);
  }

  @Override
  public Cursor<ReplyRow> replies() {
    return cursor(
        rows(Table.REPLIES, ReplyRow.class).sorted(Comparator.comparingLong(ReplyRow::sequence)));
  }

  @Override
  public Cursor<ObjectRow> history(long datasetId, ObjectPath path) {
    return objects(
        RowKeys.history(datasetId, path),
        row -> row.datasetId() == datasetId && row.path().equals(path));
  }

  @Override
  public Cursor<ObjectRow> objects(long datasetId, byte[] from) {
    return objects(RowKeys.objectsFrom(datasetId, from), row -> row.datasetId() == datasetId);
  }

  @Override
  public Optional<ObjectRow> object(long datasetId, ObjectPath path, long revision) {
    return row(Table.OBJECTS, RowKeys.object(datasetId, path, revision), ObjectRow.class);
  }

  @Override
  public <R extends CatalogRow> Cursor<R> rows(Table table, Class<R> type, byte[] from) {
    return cursor(tables.get(table).tailMap(from, true).values().stream().map(type::cast));
  }

  private Cursor<ObjectRow> objects(byte[] from, Predicate<ObjectRow> belongs) {
    return cursor(
        tables.get(Table.OBJECTS).tailMap(from, true).values().stream()
            .map(ObjectRow.class::cast)
            .takeWhile(belongs));
  }

  private <R extends CatalogRow> Optional<R> row(Table table, byte[] key, Class<R> type) {
    return Optional.ofNullable(tables.get(table).get(key)).map(type::cast);
  }

  private <R extends CatalogRow> Stream<R> rows(Table table, Class<R> type) {
    return tables.get(table).values().stream().map(type::cast);
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
