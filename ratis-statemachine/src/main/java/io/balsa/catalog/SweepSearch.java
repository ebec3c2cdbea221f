package io.balsa.catalog;

import io.balsa.command.ObjectContent;
import io.balsa.command.Upkeep;
import io.balsa.model.VersionName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for rows that nobody can see any more and says which commands would remove them. Reads
 * only, so it runs beside the log and not in it; {@link RowSweep} has the last word, on every
 * replica. What a page's end hides from it is found by a later round. For one page; not
 * thread-safe.
 */
public final class SweepSearch {
  /** Rows in one command. */
  private static final int COMMAND_ROWS_MAX = 500;

  /** Chunks whose references one command takes back; a single row may hold more. */
  private static final int COMMAND_CHUNKS_MAX = 4_096;

  private final CatalogView view;
  private final TransactionLookup transactions;
  private final List<Upkeep.SweepRows> commands = new ArrayList<>();
  private @Nullable ShownRevisions shown;
  private long datasetId;
  private final List<Upkeep.ObjectSweep> objects = new ArrayList<>();
  private final List<VersionName> versions = new ArrayList<>();
  private final List<Long> settled = new ArrayList<>();
  private long chunks;

  private SweepSearch(CatalogView view) {
    this.view = view;
    this.transactions = new TransactionLookup(view);
  }

  /**
   * What a page came to.
   *
   * @param commands to be applied in this order
   * @param next where the next page begins; empty after the last one
   */
  public record Page(List<Upkeep.SweepRows> commands, Optional<CatalogRow> next) {
    /** Copies. */
    public Page {
      commands = List.copyOf(commands);
    }
  }

  /** A row of an object that some reader sees, or saw. */
  private record Seen(ObjectRow row, long since) {}

  /**
   * Searches a page of object rows.
   *
   * @param from where it begins
   * @param rowsMax how many it has, at least 2
   */
  public static Page objects(CatalogView view, Optional<CatalogRow> from, int rowsMax) {
    SweepSearch search = new SweepSearch(view);
    List<ObjectRow> path = new ArrayList<>();
    try (var rows = view.rows(Table.OBJECTS, ObjectRow.class, key(from))) {
      for (int looked = 0; rows.hasNext() && looked < rowsMax; looked++) {
        ObjectRow row = rows.next();
        if (!path.isEmpty() && !isSamePath(path.getFirst(), row)) {
          search.look(path);
          path.clear();
        }
        path.add(row);
      }
      // The next page begins with this one's last row: it may be what took the next ones' place.
      Optional<CatalogRow> next = rows.hasNext() ? Optional.of(path.getLast()) : Optional.empty();
      if (!path.isEmpty()) {
        search.look(path);
      }
      return search.page(next);
    }
  }

  /** Searches a page of version rows, for those of deleted datasets. */
  public static Page versions(CatalogView view, Optional<CatalogRow> from, int rowsMax) {
    SweepSearch search = new SweepSearch(view);
    try (var rows = view.rows(Table.VERSIONS, VersionRow.class, key(from))) {
      for (int looked = 0; rows.hasNext() && looked < rowsMax; looked++) {
        VersionRow row = rows.next();
        if (search.in(row.datasetId()).isDeleted()) {
          search.versions.add(row.name());
          search.cutIfFull();
        }
      }
      return search.page(nextOf(rows));
    }
  }

  /** Searches a page of transaction rows, for those that led to rows that are gone. */
  public static Page transactions(CatalogView view, Optional<CatalogRow> from, int rowsMax) {
    SweepSearch search = new SweepSearch(view);
    long floor = view.head().collection().floor();
    try (var rows = view.rows(Table.TRANSACTIONS, TransactionRow.class, key(from))) {
      for (int looked = 0; rows.hasNext() && looked < rowsMax; looked++) {
        TransactionRow row = rows.next();
        boolean isSettled = row.state() != TransactionRow.State.OPEN && row.id() < floor;
        if (row.staged() == 0 && (search.in(row.datasetId()).isDeleted() || isSettled)) {
          search.settled.add(row.id());
          search.cutIfFull();
        }
      }
      return search.page(nextOf(rows));
    }
  }

  private static byte[] key(Optional<CatalogRow> from) {
    return from.map(RowCodec::key).orElse(new byte[0]);
  }

  private static Optional<CatalogRow> nextOf(CatalogView.Cursor<? extends CatalogRow> rows) {
    return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
  }

  private static boolean isSamePath(ObjectRow one, ObjectRow other) {
    return one.datasetId() == other.datasetId() && one.path().equals(other.path());
  }

  /** Rows of one path, all or some neighbours. */
  private void look(List<ObjectRow> rows) {
    ShownRevisions revisions = in(rows.getFirst().datasetId());
    List<Seen> seen = new ArrayList<>();
    for (ObjectRow row : rows) {
      long since = revisions.isDeleted() ? 0 : transactions.visibleSince(row);
      if (since != 0) {
        seen.add(new Seen(row, since));
      } else if (revisions.isDeleted() || !transactions.isOpen(row)) {
        sweep(row, 0);
      }
    }
    seen.sort(Comparator.comparingLong(Seen::since).thenComparingLong(one -> one.row().revision()));
    boolean isHiding = false;
    for (int i = 0; i < seen.size(); i++) {
      Seen one = seen.get(i);
      Seen next = i + 1 < seen.size() ? seen.get(i + 1) : null;
      boolean isSuperseded =
          next != null
              && (next.since() == one.since() || !revisions.inSpan(one.since(), next.since()));
      if (next != null && isSuperseded) {
        sweep(one.row(), next.row().revision());
      } else if (isHiding || one.row().content().isPresent()) {
        isHiding = true;
      } else {
        sweep(one.row(), 0);
      }
    }
  }

  private void sweep(ObjectRow row, long successor) {
    objects.add(new Upkeep.ObjectSweep(row.path(), row.revision(), successor));
    chunks += row.content().map(ObjectContent::chunks).map(List::size).orElse(0);
    cutIfFull();
  }

  /** What may be read in a dataset, to which all that is found next belongs. */
  private ShownRevisions in(long dataset) {
    ShownRevisions known = shown;
    if (known == null || dataset != datasetId) {
      cut();
      known = ShownRevisions.of(view, dataset);
      shown = known;
      datasetId = dataset;
    }
    return known;
  }

  private void cutIfFull() {
    if (objects.size() + versions.size() + settled.size() >= COMMAND_ROWS_MAX
        || chunks >= COMMAND_CHUNKS_MAX) {
      cut();
    }
  }

  private void cut() {
    if (!objects.isEmpty() || !versions.isEmpty() || !settled.isEmpty()) {
      commands.add(new Upkeep.SweepRows(datasetId, objects, versions, settled));
    }
    objects.clear();
    versions.clear();
    settled.clear();
    chunks = 0;
  }

  private Page page(Optional<CatalogRow> next) {
    cut();
    return new Page(commands, next);
  }
}
