package io.balsa.service;

import io.balsa.catalog.AppliedBatch;
import io.balsa.catalog.CatalogTransition;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.VersionRow;
import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.rocks.CatalogStore;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.freshness.FreshnessGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A catalog group of one replica without a log: a real store and the real transition. */
final class StoredCatalog implements CatalogGroup, AutoCloseable {
  private final RocksMemory memory = new RocksMemory(8 << 20, 2 << 20);
  private final CatalogStore store;
  private final Consumer<VersionRow> onVersion;
  volatile boolean leads = true;

  StoredCatalog(Path folder, Consumer<VersionRow> onVersion) throws IOException {
    store = CatalogStore.open(folder, memory);
    this.onVersion = onVersion;
  }

  @Override
  public synchronized Outcome<List<Decision>> propose(List<Envelope> commands, Duration timeout) {
    CommandBatch batch = new CommandBatch(new CommandBatch.Stamp(1, 1_000, 1_000), commands);
    LogPosition at = new LogPosition(1, store.head().applied().index() + 1);
    try (ClosableView before = store.view()) {
      AppliedBatch applied = CatalogTransition.apply(before, batch, at);
      store.commit(applied.writes(), applied.after());
      for (CatalogWrite write : applied.writes()) {
        if (write.after().orElse(null) instanceof VersionRow version) {
          onVersion.accept(version);
        }
      }
      return new Outcome.Committed<>(applied.decisions(), at);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ClosableView view() {
    return store.view();
  }

  @Override
  public boolean isLeader() {
    return leads;
  }

  @Override
  public GroupName name() {
    return GroupName.CATALOG;
  }

  @Override
  public Optional<Member> leader() {
    return Optional.empty();
  }

  @Override
  public FreshnessGate gate() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Outcome<LogPosition> confirm(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean awaitAll(long index, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean awaitRevision(long revision, Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    store.close();
    memory.close();
  }
}
