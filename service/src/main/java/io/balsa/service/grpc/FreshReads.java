package io.balsa.service.grpc;

import io.balsa.api.v1.ReadLevel;
import io.balsa.api.v1.ReadReceipt;
import io.balsa.catalog.CatalogView;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.VersionRow;
import io.balsa.command.Reason;
import io.balsa.model.DatasetName;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.freshness.NotFresh;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads of this node's catalog replica at the freshness that was asked for, each with the proof. A
 * level that cannot be met in time is refused, never served weaker. Thread-safe.
 */
final class FreshReads {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final ClusterNode node;

  FreshReads(ClusterNode node) {
    this.node = node;
  }

  /**
   * The catalog, fresh enough.
   *
   * @param view open until the reader returns
   * @param receipt its proof
   */
  record Seen(CatalogView view, ReadReceipt receipt) {}

  /**
   * A dataset at one revision, fresh enough.
   *
   * @param view open until the reader returns
   * @param dataset its row
   * @param revision to read; at most the view's
   * @param receipt its proof
   */
  record Scene(CatalogView view, DatasetRow dataset, long revision, ReadReceipt receipt) {}

  /** The groups of this node's cluster; NOT_INITIALIZED where there is none. */
  ClusterNode.Groups groups() {
    return node.groups().orElseThrow(() -> Problems.notInitialized().refusal());
  }

  /** Reads the catalog. */
  <T> T read(ReadRule rule, Budget budget, Function<Seen, T> reader) throws InterruptedException {
    CatalogGroup catalog = groups().catalog();
    prove(catalog, rule, budget);
    return see(catalog, rule, reader);
  }

  /** Reads a dataset's newest state; DATASET_NOT_FOUND where there is none. */
  <T> T dataset(DatasetName name, ReadRule rule, Budget budget, Function<Scene, T> reader)
      throws InterruptedException {
    return dataset(name, new Snapshot.Newest(), rule, budget, reader);
  }

  /**
   * Reads a dataset at a snapshot. A version or revision that this replica does not know is asked
   * for with a barrier before it is said not to exist.
   *
   * @throws Refusal DATASET_NOT_FOUND, VERSION_NOT_FOUND, REVISION_UNAVAILABLE (not yet, or no
   *     longer kept), NOT_FRESH
   */
  <T> T dataset(
      DatasetName name, Snapshot snapshot, ReadRule rule, Budget budget, Function<Scene, T> reader)
      throws InterruptedException {
    CatalogGroup catalog = groups().catalog();
    prove(catalog, rule, budget);
    Look<T> look = see(catalog, rule, seen -> look(seen, name, snapshot, reader));
    if (look instanceof Look.Missing<T> && mayBeNewer(snapshot, rule)) {
      prove(catalog, new ReadRule.Linearizable(), budget);
      look = see(catalog, rule, seen -> look(seen, name, snapshot, reader));
    }
    return switch (look) {
      case Look.Found<T>(T value) -> value;
      case Look.Missing<T>(Problem problem) -> throw problem.refusal();
    };
  }

  /** What a look at a replica gives. */
  private sealed interface Look<T> {
    /** What the reader made of it. */
    record Found<T>(T value) implements Look<T> {}

    /** It is not in this state; it may be in a newer one. */
    record Missing<T>(Problem problem) implements Look<T> {}
  }

  private static boolean mayBeNewer(Snapshot snapshot, ReadRule rule) {
    return !(snapshot instanceof Snapshot.Newest) && !(rule instanceof ReadRule.Linearizable);
  }

  private static <T> Look<T> look(
      Seen seen, DatasetName name, Snapshot snapshot, Function<Scene, T> reader) {
    CatalogView view = seen.view();
    Optional<DatasetRow> dataset = view.dataset(name);
    if (dataset.isEmpty()) {
      return new Look.Missing<>(Problems.notFound(Reason.DATASET_NOT_FOUND));
    }
    long newest = view.head().revision();
    long revision =
        switch (snapshot) {
          case Snapshot.Newest() -> newest;
          case Snapshot.AtRevision(long asked) -> asked;
          case Snapshot.AtVersion(var version) ->
              view.version(dataset.get().id(), version).map(VersionRow::revision).orElse(-1L);
        };
    long oldest = view.head().collection().floor();
    if (snapshot instanceof Snapshot.AtRevision && revision < oldest) {
      throw Problems.revisionGone(revision, oldest).refusal();
    }
    if (revision < 0) {
      return new Look.Missing<>(Problems.notFound(Reason.VERSION_NOT_FOUND));
    }
    if (revision > newest) {
      return new Look.Missing<>(Problems.revisionUnavailable(revision, newest));
    }
    return new Look.Found<>(reader.apply(new Scene(view, dataset.get(), revision, seen.receipt())));
  }

  private void prove(CatalogGroup catalog, ReadRule rule, Budget budget)
      throws InterruptedException {
    try {
      switch (rule) {
        case ReadRule.Linearizable() -> catalog.gate().barrier(budget.left());
        case ReadRule.Bounded(Duration ageMax) -> catalog.gate().atMost(ageMax, budget.left());
        case ReadRule.AtLeast(long revision) -> {
          if (!catalog.awaitRevision(revision, budget.left())) {
            throw new NotFresh("revision " + revision + " is not applied here");
          }
        }
        case ReadRule.Pinned(), ReadRule.Eventual() -> {}
      }
    } catch (NotFresh e) {
      throw notFresh(catalog, e).refusal();
    }
  }

  private <T> T see(CatalogGroup catalog, ReadRule rule, Function<Seen, T> reader) {
    // Before the view: what the view shows can only be newer than that.
    Optional<Long> age = ageMillis(catalog);
    try (ClosableView view = catalog.view()) {
      ReadReceipt.Builder receipt =
          ReadReceipt.newBuilder()
              .setNodeId(node.identity().member().nodeId())
              .setRevision(view.head().revision())
              .setLevel(levelOf(rule));
      age.ifPresent(receipt::setAgeMs);
      return reader.apply(new Seen(view, receipt.build()));
    }
  }

  private static Problem notFresh(CatalogGroup catalog, NotFresh why) {
    try (ClosableView view = catalog.view()) {
      return Problems.notFresh(
          String.valueOf(why.getMessage()),
          view.head().revision(),
          ageMillis(catalog),
          catalog.leader().map(Member::clientAddress).orElse(""));
    }
  }

  /** The proven age of a replica, rounded up. */
  static Optional<Long> ageMillis(CatalogGroup catalog) {
    return catalog.gate().age().map(age -> Math.ceilDiv(age.toNanos(), NANOS_PER_MILLI));
  }

  private static ReadLevel levelOf(ReadRule rule) {
    return switch (rule) {
      case ReadRule.Linearizable() -> ReadLevel.READ_LEVEL_LINEARIZABLE;
      case ReadRule.Bounded(var _) -> ReadLevel.READ_LEVEL_BOUNDED;
      case ReadRule.AtLeast(var _) -> ReadLevel.READ_LEVEL_AT_LEAST;
      case ReadRule.Pinned() -> ReadLevel.READ_LEVEL_PINNED;
      case ReadRule.Eventual() -> ReadLevel.READ_LEVEL_EVENTUAL;
    };
  }
}
