package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The catalog in the middle of a batch: a base and the writes so far, so that each command sees
 * those before it. Cursors must be closed before the next write. Not thread-safe.
 */
final class OverlayView implements CatalogView {
  private final CatalogView base;
  private final Map<Table, NavigableMap<byte[], CatalogWrite>> pending = new EnumMap<>(Table.class);
  private final NavigableMap<Long, ReplyRow> newReplies = new TreeMap<>();
  private CatalogHead head;

  /** Nothing written yet; {@code head} is the base's, moved to the batch's position and stamp. */
  OverlayView(CatalogView base, CatalogHead head) {
    this.base = base;
    this.head = head;
    for (Table table : Table.values()) {
      pending.put(table, new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /** The revision that the command at hand gets if it is accepted. */
  long nextRevision() {
    return head.revision() + 1;
  }

  /** Accepts the command at hand: gives it the next revision. */
  Decision accept(long value) {
    head = head.withNextRevision();
    return new Decision.Accepted(head.revision(), value);
  }

  /** Counts one more reply. */
  long nextReply() {
    head = head.withNextReply();
    return head.replies();
  }

  void moveCollection(CollectionState collection) {
    head = head.with(collection);
  }

  void insert(CatalogRow row) {
    write(CatalogWrite.insert(row));
  }

  void replace(CatalogRow before, CatalogRow after) {
    write(CatalogWrite.replace(before, after));
  }

  void remove(CatalogRow row) {
    write(CatalogWrite.remove(row));
  }

  /**
   * All writes, one for each row that is not as before: by table, then by key, but replies from the
   * oldest on, as their store keeps them.
   */
  List<CatalogWrite> writes() {
    List<CatalogWrite> writes = new ArrayList<>();
    pending.values().forEach(table -> writes.addAll(table.values()));
    // Stable: all other rows count as older than every reply, and replies are the last table.
    writes.sort(Comparator.comparingLong(OverlayView::replySequence));
    return writes;
  }

  private static long replySequence(CatalogWrite write) {
    return write.before().or(write::after).orElseThrow() instanceof ReplyRow reply
        ? reply.sequence()
        : 0;
  }

  /** The oldest reply written by this batch that is still there. */
  Optional<ReplyRow> oldestNewReply() {
    return Optional.ofNullable(newReplies.firstEntry()).map(Map.Entry::getValue);
  }

  @Override
  public CatalogHead head() {
    return head;
  }

  @Override
  public Optional<DatasetRow> dataset(DatasetName name) {
    return row(Table.DATASETS, RowKeys.dataset(name), DatasetRow.class, () -> base.dataset(name));
  }

  @Override
  public Cursor<DatasetRow> datasets(String from) {
    byte[] start = from.getBytes(StandardCharsets.UTF_8);
    return new OverlayCursor<>(
        base.datasets(from), range(Table.DATASETS, start, new byte[0]), DatasetRow.class);
  }

  @Override
  public Optional<TransactionRow> transaction(long id) {
    return row(
        Table.TRANSACTIONS,
        RowKeys.transaction(id),
        TransactionRow.class,
        () -> base.transaction(id));
  }

  @Override
  public Optional<VersionRow> version(long datasetId, VersionName name) {
    return row(
        Table.VERSIONS,
        RowKeys.version(datasetId, name),
        VersionRow.class,
        () -> base.version(datasetId, name));
  }

  @Override
  public Cursor<VersionRow> versions(long datasetId, String from) {
    byte[] start = RowKeys.versionsFrom(datasetId, from);
    return new OverlayCursor<>(
        base.versions(datasetId, from),
        range(Table.VERSIONS, start, RowKeys.inDataset(datasetId)),
        VersionRow.class);
  }

  @Override
  public Optional<ChunkRow> chunk(ChunkId id) {
    return row(Table.CHUNKS, RowKeys.chunk(id), ChunkRow.class, () -> base.chunk(id));
  }

  @Override
  public Optional<ReplyRow> reply(RequestId id) {
    return row(Table.REPLIES, RowKeys.reply(id), ReplyRow.class, () -> base.reply(id));
  }

  /**
   * Not offered: {@link ReplyRetention} walks the replies of the base and of the batch once for all
   * commands, and no rule reads them in order.
   */
  @Override
  public Cursor<ReplyRow> replies() {
    throw new BrokenInvariant("no rule reads replies in order");
  }

  @Override
  public Cursor<ObjectRow> history(long datasetId, ObjectPath path) {
    byte[] prefix = RowKeys.history(datasetId, path);
    return new OverlayCursor<>(
        base.history(datasetId, path), range(Table.OBJECTS, prefix, prefix), ObjectRow.class);
  }

  @Override
  public Cursor<ObjectRow> objects(long datasetId, byte[] from) {
    return new OverlayCursor<>(
        base.objects(datasetId, from),
        range(Table.OBJECTS, RowKeys.objectsFrom(datasetId, from), RowKeys.inDataset(datasetId)),
        ObjectRow.class);
  }

  @Override
  public Optional<ObjectRow> object(long datasetId, ObjectPath path, long revision) {
    return row(
        Table.OBJECTS,
        RowKeys.object(datasetId, path, revision),
        ObjectRow.class,
        () -> base.object(datasetId, path, revision));
  }

  /** Not offered: a rule reads what its command names. */
  @Override
  public <R extends CatalogRow> Cursor<R> rows(Table table, Class<R> type, byte[] from) {
    throw new BrokenInvariant("no rule walks a table");
  }

  private void write(CatalogWrite write) {
    CatalogRow row = write.after().or(write::before).orElseThrow();
    NavigableMap<byte[], CatalogWrite> table = table(RowCodec.table(row));
    byte[] key = RowCodec.key(row);
    CatalogWrite earlier = table.get(key);
    if (earlier == null) {
      table.put(key, write);
    } else {
      BrokenInvariant.check(
          earlier.after().equals(write.before()), "a write knows the row it replaces", write);
      if (earlier.before().isEmpty() && write.after().isEmpty()) {
        table.remove(key);
      } else {
        table.put(key, new CatalogWrite(earlier.before(), write.after()));
      }
    }
    indexReply(write);
  }

  private void indexReply(CatalogWrite write) {
    if (write.before().orElse(null) instanceof ReplyRow before) {
      newReplies.remove(before.sequence());
    }
    if (write.after().orElse(null) instanceof ReplyRow after) {
      newReplies.put(after.sequence(), after);
    }
  }

  private <R extends CatalogRow> Optional<R> row(
      Table table, byte[] key, Class<R> type, Supplier<Optional<R>> inBase) {
    CatalogWrite write = table(table).get(key);
    return write == null ? inBase.get() : write.after().map(type::cast);
  }

  private Iterator<Map.Entry<byte[], CatalogWrite>> range(Table table, byte[] from, byte[] prefix) {
    return table(table).tailMap(from, true).entrySet().stream()
        .takeWhile(e -> startsWith(e.getKey(), prefix))
        .iterator();
  }

  private NavigableMap<byte[], CatalogWrite> table(Table table) {
    NavigableMap<byte[], CatalogWrite> writes = pending.get(table);
    if (writes == null) {
      throw new BrokenInvariant("every table has its writes: " + table);
    }
    return writes;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
