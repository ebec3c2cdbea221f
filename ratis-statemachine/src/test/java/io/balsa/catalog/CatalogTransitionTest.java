package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.LogPosition;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogTransitionTest {
  private static final CommandBatch.Stamp STAMP = new CommandBatch.Stamp(1, 1_000_000, 1_000_000);

  private final MemoryCatalog catalog = new MemoryCatalog();
  private final TraceWords words = new TraceWords();
  private int requests;

  @Test
  void anEntryIsAppliedOnceAndInOrder() {
    CommandBatch barrier = new CommandBatch(STAMP, List.of());
    AppliedBatch applied = CatalogTransition.apply(catalog, barrier, new LogPosition(1, 5));
    assertThat(applied.after().applied()).isEqualTo(new LogPosition(1, 5));
    catalog.apply(barrier);
    assertThatThrownBy(() -> CatalogTransition.apply(catalog, barrier, new LogPosition(1, 0)))
        .isInstanceOf(BrokenInvariant.class);
    assertThatThrownBy(() -> CatalogTransition.apply(catalog, barrier, new LogPosition(0, 1)))
        .isInstanceOf(BrokenInvariant.class);
  }

  @Test
  void aBarrierWritesNoRow() {
    run("create images");
    CatalogHead before = catalog.head();
    AppliedBatch applied =
        CatalogTransition.apply(catalog, new CommandBatch(STAMP, List.of()), new LogPosition(1, 9));
    assertThat(applied.writes()).isEmpty();
    assertThat(applied.decisions()).isEmpty();
    assertThat(applied.after()).isEqualTo(before.at(new LogPosition(1, 9)));
  }

  @Test
  void aVersionWithTwoContentsStopsTheReplica() {
    run("create images", "version images v", "seal 1 v digest=x objects=1 bytes=1");
    assertThatThrownBy(() -> run("seal 1 v digest=y objects=1 bytes=1"))
        .isInstanceOf(BrokenInvariant.class)
        .hasMessageContaining("one content");
  }

  @Test
  void aRejectedCommandWritesOnlyItsReply() {
    run("create images", "put images a content=one");
    AppliedBatch applied = batch("put images a content=two if=absent");
    assertThat(applied.writes()).hasSize(1);
    assertThat(applied.writes().getFirst().after().orElseThrow()).isInstanceOf(ReplyRow.class);
  }

  @Test
  void aPublishWritesOneRowAndItsReplyWhateverWasStaged() {
    run("create images", "begin images");
    for (int i = 0; i < 100; i++) {
      run("put images p" + i + " content=one tx=2");
    }
    assertThat(batch("publish images 2").writes()).hasSize(2);
  }

  @Test
  void aBatchWritesEachRowOnce() {
    run("create images");
    AppliedBatch applied =
        batch(
            "put images a content=one", "put images b content=one", "fence images", "fence images");
    List<String> keys = new ArrayList<>();
    for (CatalogWrite write : applied.writes()) {
      CatalogRow row = write.after().or(write::before).orElseThrow();
      keys.add(
          RowCodec.table(row)
              + new String(RowCodec.key(row), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    assertThat(keys).doesNotHaveDuplicates().hasSize(1 + 2 + 1 + 4);
  }

  @Test
  void aDatasetWithMoreInvisibleRowsThanTheScanReadsIsNotCalledEmpty() {
    run("create images", "begin images");
    for (int i = 0; i < DatasetRules.EMPTY_SCAN_ROWS_MAX - 1; i++) {
      run("put images p" + i + " content=one tx=2");
    }
    assertThat(batch("delete images").decisions().getFirst()).isInstanceOf(Decision.Accepted.class);
    run("put images one-more content=one tx=2");
    assertThat(batch("delete images").decisions())
        .containsExactly(Refusals.of(Reason.DATASET_NOT_EMPTY));
    assertThat(batch("delete images recursive").decisions().getFirst())
        .isInstanceOf(Decision.Accepted.class);
  }

  @Test
  void aWalkSeeksBehindALongHistory() {
    run("create images");
    for (int i = 0; i < 200; i++) {
      run("put images a content=one");
    }
    run("put images b content=one");
    try (PathWalk walk = new PathWalk(catalog, 1, catalog.head().revision(), new byte[0])) {
      assertThat(walk.next()).isTrue();
      assertThat(walk.path()).isEqualTo(new ObjectPath("a"));
      assertThat(walk.next()).isTrue();
      assertThat(walk.path()).isEqualTo(new ObjectPath("b"));
      assertThat(walk.next()).isFalse();
      assertThat(walk.rows()).isLessThan(15);
    }
  }

  @Test
  void aListingJumpsOverWhatACommonPrefixStandsFor() {
    run("create images");
    for (int i = 0; i < 200; i++) {
      run("put images dir/" + i + " content=one");
    }
    run("put images z content=one");
    ListQuery query = new ListQuery(1, catalog.head().revision(), "", "/", "", 10);
    Listing listing = CatalogQueries.list(catalog, query, 5);
    assertThat(listing.commonPrefixes()).containsExactly("dir/");
    assertThat(listing.objects()).hasSize(1);
    assertThat(listing.next()).isEmpty();
  }

  private void run(String... lines) {
    for (String line : lines) {
      catalog.apply(batchOf(line));
    }
  }

  /** What a batch would come to, not kept. */
  private AppliedBatch batch(String... lines) {
    long next = catalog.head().applied().index() + 1;
    return CatalogTransition.apply(catalog, batchOf(lines), new LogPosition(1, next));
  }

  private CommandBatch batchOf(String... lines) {
    List<Envelope> envelopes = new ArrayList<>();
    for (String line : lines) {
      RequestId id = new RequestId("r" + ++requests);
      envelopes.add(new Envelope(id, words.command(TraceWords.Line.of(line))));
    }
    return new CommandBatch(STAMP, envelopes);
  }
}
