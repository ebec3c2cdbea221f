package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.command.CommandBatch;
import io.balsa.command.Envelope;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.DatasetName;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OverlayViewTest {
  private static final CommandBatch.Stamp STAMP = new CommandBatch.Stamp(1, 1_000_000, 1_000_000);
  private static final DatasetName B = new DatasetName("b");
  private static final DatasetName C = new DatasetName("c");

  private final MemoryCatalog base = new MemoryCatalog();
  private final OverlayView view = new OverlayView(base, CatalogHead.EMPTY);

  @BeforeEach
  void aBaseWithRows() {
    TraceWords words = new TraceWords();
    List<String> lines =
        List.of("create b", "create c", "create e", "version b v1", "version b v2", "version c v1");
    for (String line : lines) {
      RequestId id = new RequestId("r" + base.head().replies());
      Envelope envelope = new Envelope(id, words.command(TraceWords.Line.of(line)));
      base.apply(new CommandBatch(STAMP, List.of(envelope)));
    }
  }

  @Test
  void aReplacedRowShowsOnceAndARemovedOneNotAtAll() {
    DatasetRow b = base.dataset(B).orElseThrow();
    DatasetRow fenced = new DatasetRow(B, b.id(), b.createdMillis(), 9);
    DatasetRow a = dataset("a");
    DatasetRow d = dataset("d");
    view.insert(d);
    view.replace(b, fenced);
    view.remove(base.dataset(C).orElseThrow());
    view.insert(a);
    DatasetRow e = base.dataset(new DatasetName("e")).orElseThrow();
    assertThat(drain(view.datasets(""))).containsExactly(a, fenced, d, e);
    assertThat(drain(view.datasets("b"))).containsExactly(fenced, d, e);
    assertThat(drain(view.datasets("ba"))).containsExactly(d, e);
    assertThat(view.dataset(B)).contains(fenced);
    assertThat(view.dataset(C)).isEmpty();
  }

  @Test
  void versionsOfOneDatasetEndWhereTheNextOnesBegin() {
    VersionRow v1 = base.version(1, new VersionName("v1")).orElseThrow();
    VersionRow v2 = base.version(1, new VersionName("v2")).orElseThrow();
    VersionRow v3 = version(1, "v3");
    view.remove(v1);
    view.insert(v3);
    view.insert(version(2, "v0"));
    assertThat(drain(view.versions(1, ""))).containsExactly(v2, v3);
    assertThat(drain(view.versions(1, "v3"))).containsExactly(v3);
  }

  @Test
  void aRowThatCameAndWentLeavesNoWrite() {
    DatasetRow d = dataset("d");
    view.insert(d);
    view.remove(d);
    assertThat(view.writes()).isEmpty();
    DatasetRow c = base.dataset(C).orElseThrow();
    DatasetRow later = new DatasetRow(C, 99, 0, 0);
    view.remove(c);
    view.insert(later);
    assertThat(view.writes()).containsExactly(CatalogWrite.replace(c, later));
  }

  @Test
  void aWriteThatDoesNotKnowItsRowIsADefect() {
    view.insert(dataset("d"));
    assertThatThrownBy(() -> view.insert(dataset("d"))).isInstanceOf(BrokenInvariant.class);
  }

  private static DatasetRow dataset(String name) {
    return new DatasetRow(new DatasetName(name), 50, 0, 0);
  }

  private static VersionRow version(long datasetId, String name) {
    return new VersionRow(datasetId, new VersionName(name), 1, "", List.of(), 0, Optional.empty());
  }

  private static <T> List<T> drain(CatalogView.Cursor<T> cursor) {
    List<T> rows = new ArrayList<>();
    try (cursor) {
      cursor.forEachRemaining(rows::add);
    }
    return rows;
  }
}
