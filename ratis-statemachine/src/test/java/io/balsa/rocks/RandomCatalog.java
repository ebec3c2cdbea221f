package io.balsa.rocks;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.CollectionState;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.ObjectRow;
import io.balsa.catalog.ReplyRow;
import io.balsa.catalog.RowCodec;
import io.balsa.catalog.StateDigest;
import io.balsa.catalog.Table;
import io.balsa.catalog.TransactionRow;
import io.balsa.catalog.VersionRow;
import io.balsa.command.Decision;
import io.balsa.command.ObjectContent;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.LogPosition;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A catalog in memory that takes random writes, the same for the same seed: what a store that was
 * given the same writes must hold.
 */
final class RandomCatalog {
  private static final List<String> PATHS =
      List.of("a", "a b", "a/b", "a/b/c", "ab", "b", "größe", "\uFFFD", "\uD83E\uDEB5");
  private static final int REPLIES_KEPT = 20;

  private final Random random;
  private final Map<Table, TreeMap<byte[], CatalogRow>> rows = new HashMap<>();
  private CatalogHead head = CatalogHead.EMPTY;

  RandomCatalog(long seed) {
    random = new Random(seed);
    for (Table table : Table.values()) {
      rows.put(table, new TreeMap<>(Comparator.nullsFirst(Arrays::compareUnsigned)));
    }
  }

  /** One entry's writes; they are in this catalog and its head already. */
  List<CatalogWrite> next() {
    List<CatalogWrite> writes = new ArrayList<>();
    Set<String> touched = new HashSet<>();
    long revision = head.revision() + 1;
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      CatalogRow row = row(revision + i);
      if (touched.add(RowCodec.table(row) + Arrays.toString(RowCodec.key(row)))) {
        change(row, random.nextInt(4) == 0).ifPresent(writes::add);
      }
    }
    long replies = head.replies() + 1;
    writes.add(change(reply(replies, revision), false).orElseThrow());
    if (replies > REPLIES_KEPT) {
      writes.add(change(reply(replies - REPLIES_KEPT, 0), true).orElseThrow());
    }
    StateDigest digest = head.digest();
    for (CatalogWrite write : writes) {
      digest = write.before().map(RowCodec::hash).map(digest::minus).orElse(digest);
      digest = write.after().map(RowCodec::hash).map(digest::plus).orElse(digest);
    }
    LogPosition applied = new LogPosition(1, head.applied().index() + 1 + random.nextInt(2));
    head =
        new CatalogHead(applied, revision + count, revision, replies, digest, CollectionState.NONE);
    return writes;
  }

  CatalogHead head() {
    return head;
  }

  /** Rows in order of key. */
  <T extends CatalogRow> List<T> rows(Table table, Class<T> type, Predicate<T> which) {
    return rows.get(table).values().stream().map(type::cast).filter(which).toList();
  }

  private Optional<CatalogWrite> change(CatalogRow row, boolean isRemoved) {
    TreeMap<byte[], CatalogRow> table = rows.get(RowCodec.table(row));
    byte[] key = RowCodec.key(row);
    Optional<CatalogRow> before = Optional.ofNullable(table.get(key));
    if (isRemoved) {
      table.remove(key);
      return before.map(CatalogWrite::remove);
    }
    table.put(key, row);
    return Optional.of(new CatalogWrite(before, Optional.of(row)));
  }

  private CatalogRow row(long revision) {
    long datasetId = random.nextLong(1, 4);
    long number = random.nextLong(1_000_000);
    return switch (random.nextInt(6)) {
      case 0 ->
          new DatasetRow(new DatasetName("d" + random.nextInt(20)), datasetId, number, number);
      case 1 ->
          new TransactionRow(
              random.nextInt(20), datasetId, TransactionRow.State.OPEN, number, number, 0, number);
      case 2 ->
          new VersionRow(
              datasetId,
              new VersionName("v" + random.nextInt(20)),
              revision,
              "m" + number,
              List.of(),
              number,
              Optional.empty());
      case 3 ->
          ChunkRow.live(new ChunkId(new Sha256(random.nextInt(50), 0, 0, 0)), 1, 100, number + 1);
      default -> object(datasetId, revision);
    };
  }

  private ObjectRow object(long datasetId, long revision) {
    ObjectPath path = new ObjectPath(PATHS.get(random.nextInt(PATHS.size())));
    Map<String, String> pairs = Map.of("padding", "x".repeat(random.nextInt(2_000)));
    ObjectContent content = new ObjectContent(0, Sha256.OF_NOTHING, Metadata.of(pairs), List.of());
    // Few revisions, so that some rows are replaced.
    long used = 1 + revision % 5;
    return new ObjectRow(datasetId, path, used, 0, false, revision, Optional.of(content));
  }

  private static ReplyRow reply(long sequence, long revision) {
    RequestId id = new RequestId("request-" + sequence);
    return new ReplyRow(id, sequence, -sequence, new Decision.Accepted(revision, 0), revision, 0);
  }
}
