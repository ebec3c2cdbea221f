package io.balsa.catalog;

import io.balsa.command.Command;
import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.command.ObjectContent;
import io.balsa.command.Reason;
import io.balsa.command.Upkeep;
import io.balsa.command.WriteScope;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.VersionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalog means, said naively: a whole map of what is visible for each revision, staged
 * changes kept aside until their publish copies them in. Shares no logic with the transition.
 */
final class CatalogModel {
  /** Where an object is. */
  record Place(long datasetId, ObjectPath path) {}

  /** An object and since when it is there. */
  record Seen(ObjectContent content, long revision) {}

  /** A dataset's state. */
  record Dataset(long id, long epoch) {}

  private record Reply(Command command, Decision decision, long revision, long millis) {}

  /** A transaction's state. */
  static final class Transaction {
    final long datasetId;
    final long epoch;
    final Map<Place, Optional<Seen>> staged = new LinkedHashMap<>();
    String state = "OPEN";

    Transaction(long datasetId, long epoch) {
      this.datasetId = datasetId;
      this.epoch = epoch;
    }
  }

  final Map<DatasetName, Dataset> datasets = new HashMap<>();
  final Map<Long, Transaction> transactions = new HashMap<>();
  final Map<Long, Map<VersionName, Long>> versions = new HashMap<>();

  /** The oldest revision that can be read; set by the test. */
  long floor;

  /** Index is the revision. */
  final List<Map<Place, Seen>> visible = new ArrayList<>(List.of(Map.of()));

  private final Map<RequestId, Reply> replies = new LinkedHashMap<>();
  private final Set<Object> sealed = new HashSet<>();
  private long millis;

  long revision() {
    return visible.size() - 1L;
  }

  Map<Place, Seen> head() {
    return visible.getLast();
  }

  Set<RequestId> repliedTo() {
    return replies.keySet();
  }

  Decision apply(CommandBatch.Stamp stamp, Envelope envelope) {
    millis = Math.max(millis, stamp.timeMillis());
    Reply first = replies.get(envelope.requestId());
    if (first != null) {
      return first.command().equals(envelope.command())
          ? first.decision()
          : reject(Reason.REQUEST_ID_REUSED);
    }
    Decision decision = decide(envelope.command());
    replies.put(envelope.requestId(), new Reply(envelope.command(), decision, revision(), millis));
    Iterator<Reply> oldest = replies.values().iterator();
    for (int i = 0; i < 2; i++) {
      Reply reply = oldest.next();
      if (revision() - reply.revision() <= stamp.repliesKeptRevisions()
          && millis - reply.millis() <= stamp.repliesKeptMillis()) {
        break;
      }
      oldest.remove();
    }
    return decision;
  }

  private Decision decide(Command command) {
    return switch (command) {
      case Command.CreateDataset c -> create(c.dataset());
      case Command.SealVersion c -> seal(c);
      case Command.DeleteDataset c when has(c.dataset()) -> delete(c);
      case Command.FenceDataset c when has(c.dataset()) -> {
        Dataset old = datasets.get(c.dataset());
        datasets.put(c.dataset(), new Dataset(old.id(), old.epoch() + 1));
        yield accept(old.epoch() + 1);
      }
      case Command.BeginTransaction c when has(c.dataset()) -> {
        Dataset dataset = datasets.get(c.dataset());
        if (c.epoch().isPresent() && c.epoch().getAsLong() != dataset.epoch()) {
          yield mismatch(Reason.FENCED, c.epoch().getAsLong(), dataset.epoch());
        }
        transactions.put(revision() + 1, new Transaction(dataset.id(), dataset.epoch()));
        yield accept(revision() + 1);
      }
      case Command.PutObject c when has(c.dataset()) ->
          write(
              datasets.get(c.dataset()),
              c.path(),
              c.scope(),
              c.precondition(),
              Optional.of(c.content()));
      case Command.DeleteObject c when has(c.dataset()) ->
          write(datasets.get(c.dataset()), c.path(), c.scope(), c.precondition(), Optional.empty());
      case Command.PublishTransaction c when has(c.dataset()) ->
          close(datasets.get(c.dataset()), c.transactionId(), "PUBLISHED");
      case Command.AbortTransaction c when has(c.dataset()) ->
          close(datasets.get(c.dataset()), c.transactionId(), "ABORTED");
      case Command.CreateVersion c when has(c.dataset()) -> version(c);
      case Command.DeleteVersion c when has(c.dataset()) -> {
        long id = datasets.get(c.dataset()).id();
        sealed.remove(List.of(id, c.version()));
        yield versions.getOrDefault(id, new HashMap<>()).remove(c.version()) == null
            ? reject(Reason.VERSION_NOT_FOUND, "version", c.version())
            : accept(0);
      }
      case Upkeep _ -> throw new IllegalArgumentException("upkeep changes nothing that is seen");
      case Command _ -> reject(Reason.DATASET_NOT_FOUND);
    };
  }

  private boolean has(DatasetName name) {
    return datasets.containsKey(name);
  }

  private Decision create(DatasetName name) {
    if (has(name)) {
      return reject(Reason.DATASET_EXISTS);
    }
    datasets.put(name, new Dataset(revision() + 1, 0));
    return accept(0);
  }

  private Decision delete(Command.DeleteDataset c) {
    long id = datasets.get(c.dataset()).id();
    boolean empty =
        versions.getOrDefault(id, Map.of()).isEmpty()
            && head().keySet().stream().noneMatch(place -> place.datasetId() == id);
    if (!c.recursive() && !empty) {
      return reject(Reason.DATASET_NOT_EMPTY);
    }
    datasets.remove(c.dataset());
    return accept(0);
  }

  private Decision write(
      Dataset dataset,
      ObjectPath path,
      WriteScope scope,
      Precondition precondition,
      Optional<ObjectContent> content) {
    if (scope.epoch().isPresent() && scope.epoch().getAsLong() != dataset.epoch()) {
      return mismatch(Reason.FENCED, scope.epoch().getAsLong(), dataset.epoch());
    }
    Place place = new Place(dataset.id(), path);
    Optional<Seen> seen = Optional.ofNullable(head().get(place));
    Transaction transaction = transactions.get(scope.transactionId());
    if (scope.isStaged()) {
      Decision unusable = unusable(dataset, transaction);
      if (unusable != null) {
        return unusable;
      }
      seen = transaction.staged.getOrDefault(place, seen);
    }
    Decision unmet = unmet(precondition, seen);
    if (unmet != null) {
      return unmet;
    }
    if (content.isEmpty() && seen.isEmpty()) {
      return reject(Reason.OBJECT_NOT_FOUND);
    }
    Optional<Seen> after = content.map(c -> new Seen(c, revision() + 1));
    if (scope.isStaged()) {
      transaction.staged.put(place, after);
      return accept(0);
    }
    return accept(0, Map.of(place, after));
  }

  private Decision close(Dataset dataset, long id, String state) {
    Transaction transaction = transactions.get(id);
    Decision unusable = unusable(dataset, transaction);
    boolean onlyFenced =
        unusable instanceof Decision.Rejected rejected && rejected.reason() == Reason.FENCED;
    if (unusable != null && !(onlyFenced && state.equals("ABORTED"))) {
      return unusable;
    }
    transaction.state = state;
    Map<Place, Optional<Seen>> published = new HashMap<>();
    if (state.equals("PUBLISHED")) {
      transaction.staged.forEach(
          (place, staged) ->
              published.put(place, staged.map(s -> new Seen(s.content(), revision() + 1))));
    }
    return accept(0, published);
  }

  private Decision version(Command.CreateVersion c) {
    long id = datasets.get(c.dataset()).id();
    Map<VersionName, Long> names = versions.computeIfAbsent(id, _ -> new HashMap<>());
    if (names.containsKey(c.version())) {
      return reject(Reason.VERSION_EXISTS, "revision", names.get(c.version()));
    }
    long shown = c.revision() == 0 ? revision() : c.revision();
    long oldest = Math.max(id, floor);
    if (shown < oldest || shown > revision()) {
      return Decision.Rejected.of(
          Reason.REVISION_UNAVAILABLE,
          Map.of("given", "" + shown, "oldest", "" + oldest, "current", "" + revision()));
    }
    for (VersionName parent : c.parents()) {
      if (!names.containsKey(parent)) {
        return reject(Reason.VERSION_NOT_FOUND, "version", parent);
      }
    }
    names.put(c.version(), shown);
    return accept(shown);
  }

  private Decision seal(Command.SealVersion c) {
    Long shown = versions.getOrDefault(c.datasetId(), Map.of()).get(c.version());
    if (shown == null || (c.revision() != 0 && c.revision() != shown)) {
      return reject(Reason.VERSION_NOT_FOUND, "version", c.version());
    }
    return sealed.add(List.of(c.datasetId(), c.version()))
        ? accept(0)
        : new Decision.Accepted(revision(), 0);
  }

  private static Decision unusable(Dataset dataset, Transaction transaction) {
    if (transaction == null || transaction.datasetId != dataset.id()) {
      return reject(Reason.TRANSACTION_NOT_FOUND);
    }
    if (!transaction.state.equals("OPEN")) {
      return reject(Reason.TRANSACTION_CLOSED, "state", transaction.state);
    }
    return transaction.epoch < dataset.epoch()
        ? mismatch(Reason.FENCED, transaction.epoch, dataset.epoch())
        : null;
  }

  private static Decision unmet(Precondition precondition, Optional<Seen> seen) {
    long revision = seen.map(Seen::revision).orElse(0L);
    String digest = seen.map(s -> s.content().digest().toString()).orElse("");
    return switch (precondition) {
      case Precondition.None _ -> null;
      case Precondition.IfAbsent _ ->
          seen.isEmpty() ? null : reject(Reason.OBJECT_EXISTS, "revision", revision);
      case Precondition.IfRevision p ->
          p.revision() == revision
              ? null
              : mismatch(Reason.REVISION_MISMATCH, p.revision(), revision);
      case Precondition.IfDigest p ->
          p.digest().toString().equals(digest)
              ? null
              : mismatch(Reason.DIGEST_MISMATCH, p.digest(), digest);
    };
  }

  private Decision accept(long value) {
    return accept(value, Map.of());
  }

  private Decision accept(long value, Map<Place, Optional<Seen>> changes) {
    Map<Place, Seen> next = new HashMap<>(head());
    changes.forEach(
        (place, seen) -> {
          next.remove(place);
          seen.ifPresent(s -> next.put(place, s));
        });
    visible.add(next);
    return new Decision.Accepted(revision(), value);
  }

  private static Decision reject(Reason reason) {
    return Decision.Rejected.of(reason, Map.of());
  }

  private static Decision reject(Reason reason, String fact, Object value) {
    return Decision.Rejected.of(reason, Map.of(fact, "" + value));
  }

  private static Decision mismatch(Reason reason, Object given, Object current) {
    return Decision.Rejected.of(reason, Map.of("given", "" + given, "current", "" + current));
  }
}
