package io.balsa.service;

import io.balsa.catalog.CatalogQueries;
import io.balsa.catalog.CatalogView;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetDigest;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.VersionRow;
import io.balsa.catalog.VisibleObject;
import io.balsa.command.Command;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.ObjectContent;
import io.balsa.command.VersionSummary;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import io.balsa.replica.CatalogEvents;
import io.balsa.replica.FailStop;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaClosed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the digests of versions in the background. Every node computes each new version's digest
 * from its own replica; the catalog's leader proposes what it found as a log entry, and every node
 * compares the sealed digest with its own. A difference means that replicas have diverged: the node
 * stops.
 *
 * <p>One thread of its own; events may come on any other and are only noted.
 */
final class VersionSealer implements CatalogEvents, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VersionSealer.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration PROPOSE_TIMEOUT = Duration.ofSeconds(5);

  private final FailStop failStop;

  /** Rows that were written since; as many as version commands were applied, each small. */
  private final BlockingQueue<VersionRow> written = new LinkedBlockingQueue<>();

  /** What this node found of versions that are not sealed yet. Used by the thread alone. */
  private final Map<Key, VersionSummary> pending = new HashMap<>();

  /** Which versions are pending must be looked up. */
  private volatile boolean unknown = true;

  private @Nullable Thread thread;

  /** A version's name may be used again, for another revision. */
  private record Key(long datasetId, VersionName version, long revision) {
    static Key of(VersionRow row) {
      return new Key(row.datasetId(), row.name(), row.revision());
    }
  }

  VersionSealer(FailStop failStop) {
    this.failStop = failStop;
  }

  /** A version was created or sealed here. */
  @Override
  public void versionWritten(VersionRow row) {
    written.add(row);
  }

  /** Versions may have been created and sealed without having been told. */
  @Override
  public void catalogReplaced() {
    written.clear();
    unknown = true;
  }

  /** Starts, with those versions that were pending before. */
  void start(CatalogGroup catalog) {
    thread = Thread.ofPlatform().daemon().name("balsa-versions").start(() -> run(catalog));
  }

  private void run(CatalogGroup catalog) {
    try {
      while (true) {
        try {
          work(catalog);
        } catch (ReplicaClosed e) {
          // A snapshot takes the catalog's place, or the node stops.
          unknown = true;
          TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
        }
      }
    } catch (InterruptedException e) {
      log.debug("the version sealer ends", e);
    } catch (RuntimeException | Error e) {
      failStop.halt("versions cannot be sealed", e);
    }
  }

  private void work(CatalogGroup catalog) throws InterruptedException {
    if (unknown) {
      unknown = false;
      pending.clear();
      notePending(catalog);
    }
    VersionRow row = written.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    if (row != null) {
      look(catalog, row);
    }
    if (catalog.isLeader()) {
      pending.entrySet().removeIf(one -> isSettled(catalog, one.getKey(), one.getValue()));
    }
  }

  private void notePending(CatalogGroup catalog) {
    try (ClosableView view = catalog.view();
        CatalogView.Cursor<DatasetRow> datasets = view.datasets("")) {
      while (datasets.hasNext()) {
        try (CatalogView.Cursor<VersionRow> versions = view.versions(datasets.next().id(), "")) {
          while (versions.hasNext()) {
            VersionRow row = versions.next();
            if (row.summary().isEmpty()) {
              written.add(row);
            }
          }
        }
      }
    }
  }

  private void look(CatalogGroup catalog, VersionRow row) {
    @Nullable VersionSummary known = pending.get(Key.of(row));
    Optional<VersionSummary> computed =
        Optional.ofNullable(known).or(() -> summarize(catalog, row));
    if (computed.isEmpty()) {
      return; // Deleted since, and so may be what it showed.
    }
    VersionSummary found = computed.get();
    if (row.summary().isEmpty()) {
      pending.put(Key.of(row), found);
      return;
    }
    pending.remove(Key.of(row));
    BrokenInvariant.check(
        row.summary().get().equals(found), "a sealed digest is what this node finds", row, found);
  }

  /** Reads what the version shows, as long as it is there: its rows never change. */
  private static Optional<VersionSummary> summarize(CatalogGroup catalog, VersionRow row) {
    try (ClosableView view = catalog.view()) {
      return isThere(view, Key.of(row)) ? Optional.of(summarize(view, row)) : Optional.empty();
    }
  }

  /** Not where its dataset is deleted, since what it showed goes before the version's own row. */
  private static boolean isThere(CatalogView view, Key key) {
    boolean isAlive = false;
    try (CatalogView.Cursor<DatasetRow> datasets = view.datasets("")) {
      while (!isAlive && datasets.hasNext()) {
        isAlive = datasets.next().id() == key.datasetId;
      }
    }
    return isAlive
        && view.version(key.datasetId, key.version)
            .filter(row -> row.revision() == key.revision)
            .isPresent();
  }

  private static VersionSummary summarize(CatalogView view, VersionRow row) {
    DatasetDigest digest = new DatasetDigest();
    long objects = 0;
    long bytes = 0;
    try (CatalogView.Cursor<VisibleObject> visible =
        CatalogQueries.walk(view, row.datasetId(), row.revision())) {
      while (visible.hasNext()) {
        VisibleObject object = visible.next();
        ObjectContent content = object.row().content().orElseThrow();
        digest.add(object.row().path(), content.digest());
        objects++;
        bytes += content.size();
      }
    }
    return new VersionSummary(digest.digest(), objects, bytes);
  }

  /** Proposes the seal; true where the version is sealed already, or deleted. */
  private static boolean isSettled(CatalogGroup catalog, Key key, VersionSummary summary) {
    try (ClosableView view = catalog.view()) {
      if (!isThere(view, key)
          || view.version(key.datasetId, key.version).flatMap(VersionRow::summary).isPresent()) {
        return true;
      }
    }
    Command seal = new Command.SealVersion(key.datasetId, key.version, key.revision, summary);
    Envelope envelope = new Envelope(new RequestId(UUID.randomUUID().toString()), seal);
    // Sealing is idempotent, so where nobody knows what became of it, the next round finds out.
    return catalog.propose(List.of(envelope), PROPOSE_TIMEOUT)
            instanceof Outcome.Committed<List<Decision>>(List<Decision> decisions, var _)
        && decisions.getFirst() instanceof Decision.Rejected;
  }

  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
