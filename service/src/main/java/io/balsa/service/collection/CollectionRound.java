package io.balsa.service.collection;

import io.balsa.catalog.CatalogRow;
import io.balsa.catalog.CatalogView;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.RowCodec;
import io.balsa.catalog.SweepSearch;
import io.balsa.catalog.Table;
import io.balsa.command.Decision;
import io.balsa.command.Upkeep;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaClosed;
import io.balsa.service.freshness.NotFresh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One round: raises the floor, sweeps rows, condemns chunks that no row names, and has those
 * removed that were condemned long enough. Looks at the catalog in short views, a page each, and
 * proposes little at a time. Used once, by one thread.
 */
final class CollectionRound {
  private static final int PAGE_ROWS_MAX = 5_000;
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(10);
  private static final int ATTEMPTS_MAX = 5;

  private final Ground ground;
  private final CollectionPolicy policy;
  private final Consumer<RoundProgress> listener;
  private RoundProgress progress = RoundProgress.START;

  /** What a round works on. */
  record Ground(CatalogGroup catalog, List<ChunkGroup> chunks, ChunkRemoval removal) {
    Ground {
      chunks = List.copyOf(chunks);
    }
  }

  /** Finds what can be swept on one page of a table. */
  @FunctionalInterface
  private interface Search {
    SweepSearch.Page page(CatalogView view, Optional<CatalogRow> from, int rowsMax);
  }

  /** The chunks of one page that are on their way out. */
  private record Outgoing(
      List<ChunkId> condemned, Map<Removal, List<ChunkId>> deleting, Optional<CatalogRow> next) {}

  /** What a chunk group is asked for at once. */
  private record Removal(int group, long number) implements Comparable<Removal> {
    @Override
    public int compareTo(Removal other) {
      // By number first: a group carries out no older one after a newer one.
      int order = Long.compare(number, other.number);
      return order != 0 ? order : Integer.compare(group, other.group);
    }
  }

  CollectionRound(Ground ground, CollectionPolicy policy, Consumer<RoundProgress> listener) {
    this.ground = ground;
    this.policy = policy;
    this.listener = listener;
  }

  RoundProgress run() throws RoundStopped, InterruptedException {
    try {
      tell(progress);
      finishRemovals();
      long floor =
          propose(
              new Upkeep.RaiseFloor(policy.retainedRevisions(), policy.retainedFor().toMillis()));
      tell(progress.withFloor(floor));
      sweep(SweepSearch::objects);
      sweep(SweepSearch::versions);
      sweep(SweepSearch::transactions);
      tell(progress.at(RoundProgress.Step.ORPHANS));
      for (ChunkGroup group : ground.chunks) {
        condemnOrphans(group);
      }
      tell(progress.at(RoundProgress.Step.CHUNKS));
      deleteCondemned();
      tell(progress.at(RoundProgress.Step.DONE));
      return progress;
    } catch (ReplicaClosed e) {
      throw new RoundStopped("a replica here is closed: " + e.getMessage());
    }
  }

  private void tell(RoundProgress next) {
    progress = next;
    listener.accept(next);
  }

  private void sweep(Search search) throws RoundStopped, InterruptedException {
    Optional<CatalogRow> from = Optional.empty();
    do {
      SweepSearch.Page page;
      try (ClosableView view = ground.catalog.view()) {
        page = search.page(view, from, PAGE_ROWS_MAX);
      }
      for (Upkeep.SweepRows command : page.commands()) {
        tell(progress.plusRows(propose(command)));
      }
      from = page.next();
    } while (from.isPresent());
  }

  /**
   * Chunks of a group that no row of the catalog names: left behind by uploads that were given up.
   * What is on its way to be named is condemned too, and lives again as soon as it is.
   */
  private void condemnOrphans(ChunkGroup group) throws RoundStopped, InterruptedException {
    Optional<ChunkId> behind = Optional.empty();
    do {
      List<ChunkRef> orphans = new ArrayList<>();
      long removalsSeen;
      try (ClosableView view = ground.catalog.view()) {
        removalsSeen = view.head().collection().removals();
        // In this order: what the replica shows is at least as new as what the view knows is gone.
        catchUp(group, view.head().collection().removedThrough(group.name().chunkGroup()));
        List<ChunkGroup.Held> page = group.held(behind, ChunkRemoval.CHUNKS_MAX);
        for (ChunkGroup.Held held : page) {
          if (view.chunk(held.id()).isEmpty()) {
            orphans.add(new ChunkRef(held.id(), held.length(), group.name().chunkGroup()));
          }
        }
        behind = page.isEmpty() ? Optional.empty() : Optional.of(page.getLast().id());
      }
      if (!orphans.isEmpty()) {
        tell(progress.plusCondemned(propose(new Upkeep.CondemnChunks(removalsSeen, orphans))));
      }
    } while (behind.isPresent());
  }

  private static void catchUp(ChunkGroup group, long index)
      throws RoundStopped, InterruptedException {
    if (group.appliedIndex() < index) {
      try {
        group.gate().barrier(STEP_TIMEOUT);
      } catch (NotFresh e) {
        throw new RoundStopped(group.name() + " is behind here: " + e.getMessage());
      }
    }
  }

  /** What an earlier leader began. */
  private void finishRemovals() throws RoundStopped, InterruptedException {
    Map<Removal, List<ChunkId>> left = new TreeMap<>();
    Optional<CatalogRow> from = Optional.empty();
    do {
      Outgoing page = outgoing(from);
      page.deleting.forEach(
          (removal, ids) -> left.computeIfAbsent(removal, _ -> new ArrayList<>()).addAll(ids));
      from = page.next;
    } while (from.isPresent());
    removeAndForget(left);
  }

  private void deleteCondemned() throws RoundStopped, InterruptedException {
    Optional<CatalogRow> from = Optional.empty();
    do {
      Outgoing page = outgoing(from);
      List<ChunkId> condemned = page.condemned;
      for (int at = 0; at < condemned.size(); at += ChunkRemoval.CHUNKS_MAX) {
        int end = Math.min(condemned.size(), at + ChunkRemoval.CHUNKS_MAX);
        delete(condemned.subList(at, end));
      }
      from = page.next;
    } while (from.isPresent());
  }

  private void delete(List<ChunkId> condemned) throws RoundStopped, InterruptedException {
    var _ = propose(new Upkeep.DeleteChunks(policy.grace().toMillis(), condemned));
    Map<Removal, List<ChunkId>> given = new TreeMap<>();
    try (ClosableView view = ground.catalog.view()) {
      for (ChunkId id : condemned) {
        view.chunk(id)
            .filter(row -> row.state() == ChunkRow.State.DELETING)
            .ifPresent(row -> note(given, row));
      }
    }
    removeAndForget(given);
  }

  private static void note(Map<Removal, List<ChunkId>> deleting, ChunkRow row) {
    deleting
        .computeIfAbsent(new Removal(row.group(), row.since()), _ -> new ArrayList<>())
        .add(row.id());
  }

  private Outgoing outgoing(Optional<CatalogRow> from) {
    List<ChunkId> condemned = new ArrayList<>();
    Map<Removal, List<ChunkId>> deleting = new TreeMap<>();
    byte[] start = from.map(RowCodec::key).orElse(new byte[0]);
    try (ClosableView view = ground.catalog.view();
        CatalogView.Cursor<ChunkRow> rows = view.rows(Table.CHUNKS, ChunkRow.class, start)) {
      long before = view.head().stampMillis() - policy.grace().toMillis();
      for (int looked = 0; rows.hasNext() && looked < PAGE_ROWS_MAX; looked++) {
        ChunkRow row = rows.next();
        switch (row.state()) {
          case LIVE -> {}
          case CONDEMNED -> {
            if (row.since() <= before) {
              condemned.add(row.id());
            }
          }
          case DELETING -> note(deleting, row);
        }
      }
      return new Outgoing(
          condemned, deleting, rows.hasNext() ? Optional.of(rows.next()) : Optional.empty());
    }
  }

  private void removeAndForget(Map<Removal, List<ChunkId>> removals)
      throws RoundStopped, InterruptedException {
    for (Map.Entry<Removal, List<ChunkId>> entry : removals.entrySet()) {
      Removal removal = entry.getKey();
      List<ChunkId> ids = entry.getValue();
      LogPosition at =
          ground
              .removal
              .remove(removal.group, removal.number, ids)
              .orElseThrow(() -> new RoundStopped("chunks-" + removal.group + " does not answer"));
      long forgotten =
          propose(new Upkeep.ForgetChunks(removal.group, removal.number, at.index(), ids));
      tell(progress.plusRemoved(forgotten));
    }
  }

  /** Proposes, at the pace that is allowed, and returns the decision's value. */
  private long propose(Upkeep command) throws RoundStopped, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      TimeUnit.NANOSECONDS.sleep(
          TimeUnit.SECONDS.toNanos(1) / Math.max(1, policy.entriesPerSecond()));
      Outcome<List<Decision>> outcome =
          ground.catalog.propose(List.of(command.envelope()), STEP_TIMEOUT);
      switch (outcome) {
        case Outcome.Committed<List<Decision>>(List<Decision> decisions, var _) -> {
          if (decisions.getFirst() instanceof Decision.Accepted(long _, long value)) {
            return value;
          }
          throw new RoundStopped("upkeep was refused: " + decisions);
        }
        case Outcome.NotLeader<List<Decision>> _ ->
            throw new RoundStopped("this node does not lead the catalog");
        // May be repeated, whatever became of it.
        case Outcome.Overloaded<List<Decision>> _, Outcome.Unknown<List<Decision>> _ -> {}
      }
    }
    throw new RoundStopped("the catalog does not take upkeep");
  }
}
