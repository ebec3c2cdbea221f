package io.balsa.bench.load;

import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One closed loop: does a thing, waits for its outcome, does the next. Confined to a thread. */
final class Worker {
  /** The mix, in hundredths; the rest are reads. */
  private static final int PUTS = 36;

  private static final int DELETES = 10;
  private static final int TRANSACTIONS = 5;
  private static final int VERSIONS = 1;

  private static final int STAGED_MAX = 8;
  private static final int ABORTED_OF_5 = 1;

  private final Desk desk;
  private final int number;
  private final RandomGenerator random;
  private final Writes writes;
  private final Reads reads;
  private final List<Expected> objects = new ArrayList<>();
  private @Nullable Kept kept;
  private int versionsMade;

  /**
   * A version that should be there.
   *
   * @param then what it shows, by object
   */
  private record Kept(String name, Map<Expected, Optional<Content>> then) {}

  /** The writer of every path whose number leaves this rest when divided by the workers. */
  Worker(Desk desk, int number, RandomGenerator random) {
    this.desk = desk;
    this.number = number;
    this.random = random;
    this.writes = new Writes(desk, random);
    this.reads = new Reads(desk, random);
    for (int path = number; path < desk.plan().objectsMax(); path += desk.plan().workers()) {
      objects.add(new Expected(path, desk.now()));
    }
  }

  /** Goes on until it is told to stop. */
  void run() throws IOException, InterruptedException {
    while (!desk.stop().get()) {
      step();
    }
  }

  private void step() throws IOException, InterruptedException {
    int draw = random.nextInt(100);
    if (draw < PUTS) {
      put(any());
    } else if (draw < PUTS + DELETES) {
      delete(any());
    } else if (draw < PUTS + DELETES + TRANSACTIONS) {
      transaction();
    } else if (draw < PUTS + DELETES + TRANSACTIONS + VERSIONS) {
      version();
    } else {
      read();
    }
  }

  private Expected any() {
    return objects.get(random.nextInt(objects.size()));
  }

  private void put(Expected object) throws IOException, InterruptedException {
    Kind kind = object.isPresent() ? Kind.OVERWRITE : Kind.PUT;
    Content content = object.next(desk.plan().seed(), random);
    long begun = desk.now();
    var outcome =
        writes.settle(
            kind,
            options ->
                desk.client()
                    .objects()
                    .put(
                        desk.plan().dataset(),
                        object.path(),
                        content.source(),
                        PutOptions.DEFAULT.with(options)));
    if (outcome.isYes()) {
      desk.ledger().written(content.size());
    }
    changed(
        Map.of(object, Optional.of(content)), outcome.map(stored -> stored.receipt()), kind, begun);
  }

  private void delete(Expected object) throws IOException, InterruptedException {
    if (!object.isPresent()) {
      return;
    }
    long begun = desk.now();
    var outcome =
        writes.settle(
            Kind.DELETE,
            options ->
                desk.client()
                    .objects()
                    .delete(
                        desk.plan().dataset(), object.path(), DeleteOptions.DEFAULT.with(options)));
    changed(Map.of(object, Optional.empty()), outcome, Kind.DELETE, begun);
  }

  /** Notes what a change has come to. */
  private void changed(
      Map<Expected, Optional<Content>> to, Result<WriteReceipt> outcome, Kind kind, long begun) {
    switch (outcome) {
      case Result.Yes<WriteReceipt>(WriteReceipt receipt) -> {
        desk.ledger().done(kind, desk.now() - begun);
        to.forEach(
            (object, content) ->
                note(object, () -> object.settle(content, receipt.revision(), desk.now())));
      }
      case Result.No<WriteReceipt> _ -> {}
      case Result.Unknown<WriteReceipt> _ ->
          to.forEach((object, content) -> note(object, () -> object.doubt(content, desk.now())));
    }
  }

  private void note(Expected object, Runnable change) {
    int objectsBefore = object.isPresent() ? 1 : 0;
    long bytesBefore = bytes(object);
    change.run();
    int objectsNow = object.isPresent() ? 1 : 0;
    desk.ledger().live(objectsNow - objectsBefore, bytes(object) - bytesBefore);
  }

  private static long bytes(Expected object) {
    return object.certain().flatMap(content -> content).map(Content::size).orElse(0);
  }

  private void transaction() throws IOException, InterruptedException {
    long begun = desk.now();
    var opened = desk.client().begin(desk.plan().dataset(), BeginOptions.DEFAULT);
    switch (opened) {
      case Result.Yes<Transaction>(Transaction transaction) -> {
        try (transaction) {
          Map<Expected, Optional<Content>> staged = new LinkedHashMap<>();
          boolean whole = stage(transaction, staged);
          if (whole && random.nextInt(5) >= ABORTED_OF_5) {
            var published = writes.settle(Kind.TRANSACTION, transaction::publish);
            changed(staged, published, Kind.TRANSACTION, begun);
          } else if (transaction.abort().isYes()) {
            desk.ledger().done(Kind.TRANSACTION, desk.now() - begun);
          }
        }
      }
      case Result.No<Transaction> no -> desk.ledger().refused(Kind.TRANSACTION, no.refusal());
      case Result.Unknown<Transaction> _ -> desk.ledger().unknown(Kind.TRANSACTION);
    }
  }

  /** False where something could not be staged. */
  private boolean stage(Transaction transaction, Map<Expected, Optional<Content>> staged)
      throws IOException, InterruptedException {
    int count = 1 + random.nextInt(STAGED_MAX);
    for (int i = 0; i < count && !desk.stop().get(); i++) {
      Expected object = any();
      if (staged.containsKey(object)) {
        continue;
      }
      boolean delete = object.isPresent() && random.nextInt(5) == 0;
      Optional<Content> content =
          delete ? Optional.empty() : Optional.of(object.next(desk.plan().seed(), random));
      Result<?> outcome =
          writes.settle(Kind.TRANSACTION, options -> stage(transaction, object, content, options));
      if (!outcome.isYes()) {
        return false;
      }
      content.ifPresent(bytes -> desk.ledger().written(bytes.size()));
      staged.put(object, content);
    }
    return !staged.isEmpty();
  }

  private static Result<WriteReceipt> stage(
      Transaction transaction, Expected object, Optional<Content> content, WriteOptions options)
      throws IOException {
    if (content.isEmpty()) {
      return transaction.delete(object.path(), DeleteOptions.DEFAULT.with(options));
    }
    return transaction
        .put(object.path(), content.get().source(), PutOptions.DEFAULT.with(options))
        .map(stored -> stored.receipt());
  }

  /** The first workers keep one version each; a newer one takes the place of the older. */
  private void version() throws IOException, InterruptedException {
    if (number >= desk.plan().versionsMax() || (kept != null && !remove())) {
      return;
    }
    String name = String.format("w%03d-%d", number, versionsMade++);
    long begun = desk.now();
    var outcome =
        writes.settle(
            Kind.VERSION,
            options ->
                desk.client()
                    .versions()
                    .create(NewVersion.ofHead(desk.plan().dataset(), name), options));
    if (outcome.isYes()) {
      desk.ledger().done(Kind.VERSION, desk.now() - begun);
      // Nobody else writes here, so the version shows what is here now.
      Map<Expected, Optional<Content>> then = new HashMap<>();
      objects.forEach(object -> object.certain().ifPresent(content -> then.put(object, content)));
      kept = new Kept(name, Map.copyOf(then));
    }
  }

  /** Removes the version that is kept; from now on nobody asks for it. */
  private boolean remove() throws IOException, InterruptedException {
    Kept old = kept;
    if (old == null) {
      return false;
    }
    kept = null;
    long begun = desk.now();
    Result<?> outcome =
        writes.settle(
            Kind.VERSION_REMOVE,
            options ->
                desk.client()
                    .versions()
                    .delete(desk.plan().dataset(), old.name(), options)
                    .map(_ -> old));
    if (outcome instanceof Result.No<?>) {
      kept = old;
    }
    if (outcome.isYes()) {
      desk.ledger().done(Kind.VERSION_REMOVE, desk.now() - begun);
    }
    return outcome.isYes();
  }

  private void read() throws IOException, InterruptedException {
    Expected object = any();
    Kept version = kept;
    if (version != null && version.then().containsKey(object) && random.nextInt(5) == 0) {
      var _ = reads.pinned(version.name(), object, version.then().get(object));
    } else {
      reads.atSome(object);
    }
  }

  /** Reads back everything that should be there, now and in the version that is kept. */
  void readBack() throws IOException, InterruptedException {
    for (Expected object : objects) {
      reads.surely(object);
    }
    Kept version = kept;
    if (version != null) {
      for (Map.Entry<Expected, Optional<Content>> each : version.then().entrySet()) {
        reads.surely(version.name(), each.getKey(), each.getValue());
      }
    }
  }
}
