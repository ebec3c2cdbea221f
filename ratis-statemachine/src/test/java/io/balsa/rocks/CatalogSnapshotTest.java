package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.ObjectRow;
import io.balsa.catalog.ReplyRow;
import io.balsa.catalog.Table;
import io.balsa.catalog.TransactionRow;
import io.balsa.catalog.VersionRow;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of {@link io.balsa.catalog.CatalogView}, against a catalog in memory. */
final class CatalogSnapshotTest {
  @TempDir Path temp;
  private RocksMemory memory;
  private CatalogStore store;
  private final RandomCatalog model = new RandomCatalog(Long.getLong("seed", 31));

  @BeforeEach
  void setUp() throws StorageFailure {
    memory = new RocksMemory(8 << 20, 8 << 20);
    store = CatalogStore.open(temp.resolve("catalog"), memory);
    // Some rows in tables, some in memory.
    commit(300);
    store.flush();
    commit(300);
  }

  @AfterEach
  void tearDown() throws IOException {
    store.close();
    memory.close();
  }

  @Test
  void everyRowIsFoundByItsName() {
    try (CatalogSnapshot view = store.view()) {
      for (int i = 0; i < 25; i++) {
        DatasetName dataset = new DatasetName("d" + i);
        assertThat(view.dataset(dataset).stream().toList())
            .isEqualTo(
                model.rows(Table.DATASETS, DatasetRow.class, row -> row.name().equals(dataset)));
        VersionName version = new VersionName("v" + i);
        assertThat(view.version(2, version).stream().toList())
            .isEqualTo(
                model.rows(
                    Table.VERSIONS,
                    VersionRow.class,
                    row -> row.datasetId() == 2 && row.name().equals(version)));
        long id = i;
        assertThat(view.transaction(id).stream().toList())
            .isEqualTo(model.rows(Table.TRANSACTIONS, TransactionRow.class, row -> row.id() == id));
        ChunkId chunk = new ChunkId(new Sha256(i, 0, 0, 0));
        assertThat(view.chunk(chunk).stream().toList())
            .isEqualTo(model.rows(Table.CHUNKS, ChunkRow.class, row -> row.id().equals(chunk)));
      }
      assertThat(view.reply(new RequestId("request-600")).orElseThrow().sequence()).isEqualTo(600);
      assertThat(view.reply(new RequestId("request-1"))).isEmpty();
      assertThat(view.head()).isEqualTo(model.head());
    }
  }

  @Test
  void datasetsComeInOrderFromAName() {
    try (CatalogSnapshot view = store.view()) {
      for (String from : List.of("", "d", "d1", "d11x", "d9", "e", "\u00e9")) {
        assertThat(all(view.datasets(from)))
            .as(from)
            .isEqualTo(
                model.rows(
                    Table.DATASETS,
                    DatasetRow.class,
                    row -> row.name().text().compareTo(from) >= 0));
      }
    }
  }

  @Test
  void versionsComeInOrderAndEndWithTheirDataset() {
    try (CatalogSnapshot view = store.view()) {
      for (long datasetId = 0; datasetId <= 4; datasetId++) {
        for (String from : List.of("", "v1", "v15", "w")) {
          long id = datasetId;
          assertThat(all(view.versions(id, from)))
              .isEqualTo(
                  model.rows(
                      Table.VERSIONS,
                      VersionRow.class,
                      row -> row.datasetId() == id && row.name().text().compareTo(from) >= 0));
        }
      }
    }
  }

  @Test
  void objectsComeInOrderOfPathBytesAndNewestFirst() {
    try (CatalogSnapshot view = store.view()) {
      for (long datasetId = 0; datasetId <= 4; datasetId++) {
        for (String from : List.of("", "a", "a\0", "a b", "a/", "a0", "ab\0", "b", "\uFFFD", "~")) {
          long id = datasetId;
          byte[] start = from.getBytes(StandardCharsets.UTF_8);
          List<ObjectRow> expected =
              new ArrayList<>(
                  model.rows(
                      Table.OBJECTS,
                      ObjectRow.class,
                      row ->
                          row.datasetId() == id
                              && Arrays.compareUnsigned(row.path().toBytes(), start) >= 0));
          expected.sort(
              Comparator.comparing((ObjectRow row) -> row.path().toBytes(), Arrays::compareUnsigned)
                  .thenComparing(Comparator.comparingLong(ObjectRow::revision).reversed()));
          assertThat(all(view.objects(id, start))).as("%d %s", id, from).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void aHistoryHasOnePathOnly() {
    try (CatalogSnapshot view = store.view()) {
      for (String path : List.of("a", "a b", "a/b", "ab", "größe", "none")) {
        List<ObjectRow> history = all(view.history(1, new ObjectPath(path)));
        assertThat(history)
            .isEqualTo(
                model.rows(
                    Table.OBJECTS,
                    ObjectRow.class,
                    row -> row.datasetId() == 1 && row.path().text().equals(path)));
        assertThat(history)
            .isSortedAccordingTo(Comparator.comparingLong(ObjectRow::revision).reversed());
      }
    }
  }

  @Test
  void repliesComeOldestFirst() throws IOException {
    try (CatalogSnapshot view = store.view()) {
      assertThat(all(view.replies()))
          .extracting(ReplyRow::sequence)
          .containsExactlyElementsOf(
              model.rows(Table.REPLIES, ReplyRow.class, _ -> true).stream()
                  .map(ReplyRow::sequence)
                  .sorted()
                  .toList());
    }
  }

  @Test
  void aViewDoesNotSeeLaterCommits() throws IOException {
    try (CatalogSnapshot view = store.view()) {
      CatalogHead before = model.head();
      List<DatasetRow> datasets = model.rows(Table.DATASETS, DatasetRow.class, _ -> true);
      List<ReplyRow> replies = all(view.replies());
      commit(200);
      store.flush();
      try (CatalogSnapshot later = store.view()) {
        assertThat(later.head()).isEqualTo(model.head());
        assertThat(later.recomputeDigest()).isEqualTo(model.head().digest());
      }
      assertThat(view.head()).isEqualTo(before);
      assertThat(all(view.datasets(""))).isEqualTo(datasets);
      assertThat(all(view.replies())).isEqualTo(replies);
      assertThat(view.recomputeDigest()).isEqualTo(before.digest());
    }
  }

  @Test
  void aCursorSeesItsViewWhileOthersCommit() throws IOException {
    try (CatalogSnapshot view = store.view();
        Cursor<DatasetRow> cursor = view.datasets("")) {
      List<DatasetRow> expected = model.rows(Table.DATASETS, DatasetRow.class, _ -> true);
      List<DatasetRow> seen = new ArrayList<>();
      while (cursor.hasNext()) {
        seen.add(cursor.next());
        commit(20);
      }
      assertThat(seen).isEqualTo(expected);
      assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void whatIsClosedRefusesCalls() {
    CatalogSnapshot view = store.view();
    Cursor<DatasetRow> cursor = view.datasets("");
    cursor.close();
    cursor.close();
    assertThatThrownBy(cursor::hasNext).isInstanceOf(IllegalStateException.class);
    view.close();
    view.close();
    assertThatThrownBy(view::head).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> view.dataset(new DatasetName("a")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> view.datasets("")).isInstanceOf(IllegalStateException.class);
  }

  private void commit(int entries) throws StorageFailure {
    for (int i = 0; i < entries; i++) {
      List<CatalogWrite> writes = model.next();
      store.commit(writes, model.head());
    }
  }

  private static <T> List<T> all(Cursor<T> cursor) {
    List<T> rows = new ArrayList<>();
    try (cursor) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }
}
