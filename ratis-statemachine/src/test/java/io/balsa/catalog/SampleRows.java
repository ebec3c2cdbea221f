package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.command.ObjectContent;
import io.balsa.command.Reason;
import io.balsa.command.VersionSummary;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows of every kind, by a name for the golden file; every optional part is there and is not. */
final class SampleRows {
  private static final Sha256 ONE = new Sha256(1, 2, 3, 4);
  private static final Sha256 TWO = new Sha256(-1, -2, -3, -4);

  private SampleRows() {}

  static Map<String, CatalogRow> all() {
    Map<String, CatalogRow> rows = new LinkedHashMap<>();
    rows.put("dataset", new DatasetRow(new DatasetName("imagenet"), 7, 1_700_000_000_000L, 3));
    rows.put("dataset-least", new DatasetRow(new DatasetName("a"), 0, 0, 0));
    rows.put("object", object(300, 9, true, Optional.of(content())));
    rows.put("object-empty", object(301, 0, false, Optional.of(nothing())));
    rows.put("object-deleted", object(302, 0, true, Optional.empty()));
    for (TransactionRow.State state : TransactionRow.State.values()) {
      rows.put(
          "transaction-" + state,
          new TransactionRow(9, 7, state, 3, 1_000_000, 400, 1_700_000_000_001L));
    }
    rows.put("version-pending", version(List.of(), Optional.empty()));
    rows.put(
        "version-sealed",
        version(
            List.of(new VersionName("v1"), new VersionName("v2")),
            Optional.of(new VersionSummary(TWO, 1_000, 1L << 50))));
    rows.put("chunk", ChunkRow.live(new ChunkId(ONE), 3, 4 << 20, 2));
    rows.put(
        "chunk-condemned",
        new ChunkRow(
            new ChunkId(ONE), 3, 4 << 20, 0, ChunkRow.State.CONDEMNED, 1_700_000_000_000L));
    rows.put(
        "chunk-deleting",
        new ChunkRow(new ChunkId(ONE), 3, 4 << 20, 0, ChunkRow.State.DELETING, 300));
    rows.put("reply-accepted", reply(new Decision.Accepted(300, 9)));
    rows.put(
        "reply-rejected",
        reply(
            Decision.Rejected.of(
                Reason.REVISION_MISMATCH, Map.of("given", "299", "current", "300"))));
    return rows;
  }

  private static ObjectContent content() {
    return new ObjectContent(
        300,
        TWO,
        Metadata.of(Map.of("step", "1000", "größe", "₿")),
        List.of(new ChunkRef(new ChunkId(ONE), 200, 1), new ChunkRef(new ChunkId(TWO), 100, 64)));
  }

  private static ObjectContent nothing() {
    return new ObjectContent(0, Sha256.OF_NOTHING, Metadata.NONE, List.of());
  }

  private static ObjectRow object(
      long revision, long transactionId, boolean openBelow, Optional<ObjectContent> content) {
    ObjectPath path = new ObjectPath("train/größe-1.bin");
    return new ObjectRow(7, path, revision, transactionId, openBelow, 1_700_000_000_002L, content);
  }

  private static VersionRow version(List<VersionName> parents, Optional<VersionSummary> summary) {
    VersionName name = new VersionName("v3");
    return new VersionRow(7, name, 300, "third, better", parents, 1_700_000_000_003L, summary);
  }

  private static ReplyRow reply(Decision decision) {
    return new ReplyRow(
        new RequestId("host-1:42"), 77, 0xFEDC_BA98_7654_3210L, decision, 300, 1_700_000_000_004L);
  }
}
