package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.ObjectContent;
import io.balsa.command.Upkeep;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One random history. The catalog is the real transition; of chunk groups there are only their
 * logs, and replicas that have applied any part of them. Everything that is proposed may arrive
 * late, out of order, or twice; who checks presence may look at an old catalog and at a slow
 * replica.
 */
final class CollectionRace {
  /** What keeps the promise; a history may leave one out to show that it is needed. */
  enum Guard {
    /** None is left out. */
    ALL,
    /** A put says when its chunks were checked. */
    CHECKED_PUTS,
    /** A chunk enters the catalog as condemned only where nothing was removed since. */
    CHECKED_CONDEMNATION,
    /** A replica that has not applied what was removed is not believed. */
    REMOVED_THROUGH,
    /** A chunk group carries out a removal once. */
    NUMBERED_REMOVALS,
    /** A chunk that is being deleted may not be named. */
    DELETING_IS_FINAL
  }

  private static final DatasetName DATASET = new DatasetName("d");
  private static final int GROUPS = 2;
  private static final int PAST_MAX = 6;
  private static final List<ChunkId> CHUNKS = List.of(id(1), id(2), id(3), id(4));

  private final Random random;
  private final Guard without;
  private final MemoryCatalog catalog = new MemoryCatalog();
  private final Deque<Past> past = new ArrayDeque<>();
  private final List<Envelope> proposed = new ArrayList<>();
  private final Map<Integer, Group> groups = new TreeMap<>();
  private long millis = 1;
  private int requests;
  private long committed;
  private long forgotten;

  /** What a view of the catalog shows of chunks. */
  private record Past(Map<ChunkId, ChunkRow> rows, CollectionState collection) {}

  /** An entry of a chunk group's log; removal 0 puts. */
  private record Entry(long removal, Set<ChunkId> ids) {}

  /** A chunk group. */
  private static final class Group {
    final List<Entry> proposed = new ArrayList<>();
    final List<Entry> log = new ArrayList<>();

    /** What a replica holds that has applied {@code length} entries. */
    Set<ChunkId> stored(int length, boolean isNumbered) {
      Set<ChunkId> stored = new TreeSet<>(byText());
      long last = 0;
      for (Entry entry : log.subList(0, length)) {
        if (entry.removal == 0) {
          stored.addAll(entry.ids);
        } else if (!isNumbered || entry.removal > last) {
          stored.removeAll(entry.ids);
          last = entry.removal;
        }
      }
      return stored;
    }
  }

  CollectionRace(long seed, Guard without) {
    this.random = new Random(seed);
    this.without = without;
    for (int group = 1; group <= GROUPS; group++) {
      groups.put(group, new Group());
    }
    apply(new Command.CreateDataset(DATASET));
  }

  long committed() {
    return committed;
  }

  long forgotten() {
    return forgotten;
  }

  /** One step of somebody; says what it was. */
  String step() {
    millis += random.nextInt(3);
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> upload();
      case 3, 4, 5, 6 -> put();
      case 7 ->
          propose(new Command.DeleteObject(DATASET, path(), WriteScope.DIRECT, Precondition.NONE));
      case 8 -> propose(new Command.CreateVersion(DATASET, version(), 0, "", List.of()));
      case 9 -> propose(new Command.DeleteVersion(DATASET, version()));
      case 10 -> transaction();
      case 11 -> propose(new Upkeep.RaiseFloor(random.nextInt(4), random.nextInt(4)));
      case 12 -> sweep();
      case 13 -> condemn();
      case 14 -> propose(new Upkeep.DeleteChunks(random.nextInt(4), some(CHUNKS)));
      case 15 -> remove();
      case 16 -> forget();
      case 17 -> land(groups.get(1 + random.nextInt(GROUPS)));
      default -> land();
    };
  }

  /** Chunks that rows name and that their group does not have. */
  List<String> lost() {
    List<String> lost = new ArrayList<>();
    for (CatalogRow row : catalog.rows()) {
      if (row instanceof ObjectRow object && object.content().isPresent()) {
        for (ChunkRef chunk : object.content().get().chunks()) {
          if (!stored(chunk.group()).contains(chunk.id())) {
            lost.add(chunk + " of " + object.path() + " at " + object.revision());
          }
        }
      }
    }
    return lost;
  }

  /** Lets everything land, deletes all, and collects it. */
  void settle() {
    landAll();
    apply(new Command.DeleteDataset(DATASET, true));
    for (int round = 0; round < 4; round++) {
      apply(new Upkeep.RaiseFloor(0, 0));
      Sweeps.of(catalog, Integer.MAX_VALUE).forEach(this::apply);
      for (int group = 1; group <= GROUPS; group++) {
        List<ChunkRef> refs = refs(stored(group), group);
        apply(new Upkeep.CondemnChunks(catalog.head().collection().removals(), refs));
      }
      apply(new Upkeep.DeleteChunks(0, CHUNKS));
      while (deleting().size() > 0) {
        remove();
        landAll();
        forget();
        landAll();
      }
    }
  }

  /** Rows and chunks. */
  List<String> leftovers() {
    List<String> left =
        new ArrayList<>(
            catalog.rows().stream()
                .filter(row -> !(row instanceof ReplyRow))
                .map(Object::toString)
                .toList());
    groups.keySet().forEach(group -> stored(group).forEach(id -> left.add("stored " + id)));
    return left;
  }

  private String upload() {
    int group = 1 + random.nextInt(GROUPS);
    groups.get(group).proposed.add(new Entry(0, Set.copyOf(some(CHUNKS))));
    return "upload";
  }

  /** Checks, by an old view and a slow replica, and proposes. */
  private String put() {
    Past view = aPast();
    List<ChunkRef> chunks = new ArrayList<>();
    for (ChunkId id : some(CHUNKS)) {
      ChunkRef chunk = new ChunkRef(id, 1, 1 + random.nextInt(GROUPS));
      if (!isStored(view, chunk)) {
        return "refused put";
      }
      chunks.add(chunk);
    }
    OptionalLong seen =
        without == Guard.CHECKED_PUTS
            ? OptionalLong.empty()
            : OptionalLong.of(view.collection.removals());
    Optional<TransactionRow> open = openTransaction();
    WriteScope scope =
        open.isPresent() && random.nextBoolean()
            ? new WriteScope(open.get().id(), OptionalLong.empty())
            : WriteScope.DIRECT;
    return propose(
        new Command.PutObject(DATASET, path(), scope, Precondition.NONE, content(chunks), seen));
  }

  private boolean isStored(Past view, ChunkRef chunk) {
    return switch (standing(view, chunk)) {
      case ChunkStanding.Stored _ -> true;
      case ChunkStanding.Deleting() ->
          without == Guard.DELETING_IS_FINAL && replica(chunk.group(), -1).contains(chunk.id());
      case ChunkStanding.Unlisted(long appliedMin) ->
          replica(chunk.group(), appliedMin).contains(chunk.id());
    };
  }

  /** As {@link ChunkStanding#of}, of a view that is past. */
  private static ChunkStanding standing(Past view, ChunkRef chunk) {
    MemoryCatalog then = new MemoryCatalog();
    then.restore(view.rows.values(), CatalogHead.EMPTY.with(view.collection));
    return ChunkStanding.of(then, chunk.id(), chunk.group());
  }

  /** What some replica shows that has applied an index, or a later one. */
  private Set<ChunkId> replica(int group, long appliedMin) {
    int min = without == Guard.REMOVED_THROUGH ? 0 : (int) appliedMin + 1;
    int length = groups.get(group).log.size();
    return groups.get(group).stored(min + random.nextInt(length - min + 1), isNumbered());
  }

  private boolean isNumbered() {
    return without != Guard.NUMBERED_REMOVALS;
  }

  private Set<ChunkId> stored(int group) {
    Group of = groups.get(group);
    return of.stored(of.log.size(), isNumbered());
  }

  private String transaction() {
    Optional<TransactionRow> open = openTransaction();
    if (open.isEmpty()) {
      return propose(new Command.BeginTransaction(DATASET, OptionalLong.empty()));
    }
    return propose(
        random.nextBoolean()
            ? new Command.PublishTransaction(DATASET, open.get().id())
            : new Command.AbortTransaction(DATASET, open.get().id()));
  }

  private Optional<TransactionRow> openTransaction() {
    return catalog.rows().stream()
        .filter(TransactionRow.class::isInstance)
        .map(TransactionRow.class::cast)
        .filter(row -> row.state() == TransactionRow.State.OPEN)
        .findFirst();
  }

  private String sweep() {
    Sweeps.of(catalog, 2 + random.nextInt(20)).forEach(this::propose);
    return "sweep";
  }

  private String condemn() {
    Past view = aPast();
    int group = 1 + random.nextInt(GROUPS);
    Set<ChunkId> held = replica(group, view.collection.removedThrough(group));
    held.removeIf(id -> view.rows.containsKey(id));
    long seen = without == Guard.CHECKED_CONDEMNATION ? Long.MAX_VALUE : view.collection.removals();
    return propose(new Upkeep.CondemnChunks(seen, refs(held, group)));
  }

  /** By group and number of the removal. */
  private Map<List<Long>, List<ChunkId>> deleting() {
    return catalog.rows().stream()
        .filter(row -> row instanceof ChunkRow c && c.state() == ChunkRow.State.DELETING)
        .map(ChunkRow.class::cast)
        .collect(
            Collectors.groupingBy(
                row -> List.of((long) row.group(), row.since()),
                Collectors.mapping(ChunkRow::id, Collectors.toList())));
  }

  private String remove() {
    deleting()
        .forEach(
            (key, ids) ->
                groups
                    .get((int) (long) key.getFirst())
                    .proposed
                    .add(new Entry(key.getLast(), Set.copyOf(ids))));
    return "remove";
  }

  /** Of removals that are in a log, whoever proposed them and however long ago. */
  private String forget() {
    groups.forEach(
        (group, of) -> {
          for (int index = 0; index < of.log.size(); index++) {
            Entry entry = of.log.get(index);
            if (entry.removal != 0) {
              propose(new Upkeep.ForgetChunks(group, entry.removal, index, List.copyOf(entry.ids)));
            }
          }
        });
    return "forget";
  }

  private String propose(Command command) {
    proposed.add(envelope(command));
    return "proposal of " + command;
  }

  /** Something proposed reaches the catalog's log; it may come once more. */
  private String land() {
    if (proposed.isEmpty()) {
      return "nothing";
    }
    Envelope envelope = taken(proposed);
    apply(envelope);
    return "entry " + envelope;
  }

  private String land(Group group) {
    if (group.proposed.isEmpty()) {
      return "nothing";
    }
    Entry entry = taken(group.proposed);
    group.log.add(entry);
    return "chunk entry " + entry;
  }

  private void landAll() {
    while (!proposed.isEmpty()) {
      apply(proposed.removeFirst());
    }
    for (Group group : groups.values()) {
      group.log.addAll(group.proposed);
      group.proposed.clear();
    }
  }

  private <T> T taken(List<T> from) {
    int at = random.nextInt(from.size());
    return random.nextInt(4) == 0 ? from.get(at) : from.remove(at);
  }

  private void apply(Command command) {
    apply(envelope(command));
  }

  private void apply(Envelope envelope) {
    CommandBatch.Stamp stamp = new CommandBatch.Stamp(millis, 1_000, 1_000);
    Decision decision = catalog.apply(new CommandBatch(stamp, List.of(envelope))).getFirst();
    if (decision instanceof Decision.Accepted accepted) {
      committed += envelope.command() instanceof Command.PutObject ? 1 : 0;
      forgotten += envelope.command() instanceof Upkeep.ForgetChunks ? accepted.value() : 0;
    }
    past.addLast(
        new Past(
            catalog.rows().stream()
                .filter(ChunkRow.class::isInstance)
                .map(ChunkRow.class::cast)
                .collect(Collectors.toMap(ChunkRow::id, Function.identity())),
            catalog.head().collection()));
    if (past.size() > PAST_MAX) {
      past.removeFirst();
    }
  }

  private Envelope envelope(Command command) {
    return new Envelope(new RequestId("r" + ++requests), command);
  }

  private Past aPast() {
    List<Past> all = List.copyOf(past);
    return random.nextBoolean() ? all.getLast() : all.get(random.nextInt(all.size()));
  }

  private <T> List<T> some(List<T> all) {
    List<T> some = new ArrayList<>();
    for (int count = 1 + random.nextInt(2); count > 0; count--) {
      some.add(all.get(random.nextInt(all.size())));
    }
    return some.stream().distinct().toList();
  }

  private ObjectPath path() {
    return new ObjectPath("p" + random.nextInt(3));
  }

  private VersionName version() {
    return new VersionName("v" + random.nextInt(3));
  }

  private static List<ChunkRef> refs(Set<ChunkId> ids, int group) {
    return ids.stream().map(id -> new ChunkRef(id, 1, group)).toList();
  }

  private static ObjectContent content(List<ChunkRef> chunks) {
    Sha256 digest =
        chunks.size() == 1 ? chunks.getFirst().id().sha256() : new Sha256(0, 0, 0, chunks.size());
    return new ObjectContent(chunks.size(), digest, Metadata.NONE, chunks);
  }

  private static ChunkId id(long number) {
    return new ChunkId(new Sha256(number, number, number, number));
  }

  private static Comparator<ChunkId> byText() {
    return Comparator.comparing(ChunkId::toString);
  }
}
