package io.balsa.chaos.crash;

import io.balsa.client.BalsaClient;
import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.Fenced;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Changes a dataset that nobody else writes to, one step after the other, and knows after each what
 * must be there. A step whose outcome is unknown left the dataset as before or as after, which is
 * looked at, and is then retried under its request id until it is known. One thread.
 */
final class CrashWriter {
  private static final int SLOTS = 40;
  private static final int RECENT_MAX = 12;
  private static final int VERSIONS_CHECKED = 3;
  private static final int CHUNK_BYTES = 64 << 10;

  /** Refusals that time heals. */
  static final Set<RefusalCode> PASSING =
      Set.of(
          RefusalCode.UNAVAILABLE, RefusalCode.DEADLINE_EXCEEDED, RefusalCode.RESOURCE_EXHAUSTED);

  private final BalsaClient client;
  private final String dataset;
  private final Random random;
  private final Tally tally;

  private Map<String, Content> state = new TreeMap<>();
  private final Map<String, Map<String, Content>> versions = new TreeMap<>();
  private final Deque<String> recent = new ArrayDeque<>();
  private Optional<Put> lastPut = Optional.empty();
  private long epoch = -1;
  private int steps;

  /** An acknowledged put, to be asked for again. */
  private record Put(String path, Content content, String requestId, WriteReceipt receipt) {}

  CrashWriter(BalsaClient client, String dataset, long seed, Tally tally) {
    this.client = client;
    this.dataset = dataset;
    this.random = new Random(seed);
    this.tally = tally;
  }

  /** Makes the dataset. */
  void begin() {
    WriteOptions options = as(requestId());
    for (var made = client.datasets().create(dataset, options);
        !made.isYes();
        made = client.datasets().create(dataset, options)) {
      if (made instanceof Result.No<?>(Refusal refusal) && !passes(refusal)) {
        throw new Violation(dataset + ": refused: " + refusal);
      }
      tally.requireGoingOn();
    }
  }

  /** Makes one change. */
  void step() throws IOException {
    steps++;
    int draw = random.nextInt(100);
    if (draw < 50) {
      put(1 + random.nextInt(2_000));
    } else if (draw < 62) {
      put(CHUNK_BYTES * (1 + random.nextInt(4)) + random.nextInt(CHUNK_BYTES));
    } else if (draw < 72) {
      delete();
    } else if (draw < 82) {
      publish();
    } else if (draw < 86) {
      nameVersion();
    } else if (draw < 93) {
      fence();
    } else {
      replay();
    }
    tally.acknowledged();
  }

  private void put(int length) {
    String path = slot();
    Content content = Content.of(random.nextLong(), length);
    String id = requestId();
    Stored stored = settle(id, given -> putOnce(path, content, given), with(Map.of(path, content)));
    lastPut = Optional.of(new Put(path, content, id, stored.receipt()));
    note(path);
  }

  private Result<Stored> putOnce(String path, Content content, String id) {
    try {
      PutOptions options = PutOptions.DEFAULT.with(as(id));
      return client.objects().put(dataset, path, Source.of(content.bytes()), options);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    }
  }

  private void delete() {
    if (state.isEmpty()) {
      return;
    }
    String path = List.copyOf(state.keySet()).get(random.nextInt(state.size()));
    Map<String, Content> after = new TreeMap<>(state);
    after.remove(path);
    DeleteOptions options = DeleteOptions.DEFAULT;
    var _ =
        settle(
            id ->
                client
                    .objects()
                    .delete(
                        dataset,
                        path,
                        new DeleteOptions(options.precondition(), options.epoch(), as(id))),
            after);
  }

  /** Three objects and one delete that become visible together. */
  private void publish() {
    Transaction transaction =
        settle(
            id -> client.begin(dataset, new BeginOptions(OptionalLong.empty(), Optional.of(id))),
            state);
    Map<String, Content> staged = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      String path = slot();
      Content content = Content.of(random.nextLong(), 1 + random.nextInt(CHUNK_BYTES * 2));
      var _ = settle(id -> stage(transaction, path, content, id), state);
      staged.put(path, content);
    }
    var _ = settle(id -> transaction.publish(as(id)), with(staged));
    staged.keySet().forEach(this::note);
  }

  private static Result<Stored> stage(
      Transaction transaction, String path, Content content, String id) {
    try {
      return transaction.put(path, Source.of(content.bytes()), PutOptions.DEFAULT.with(as(id)));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    }
  }

  private void nameVersion() {
    String name = "v" + steps;
    var _ = settle(id -> client.versions().create(NewVersion.ofHead(dataset, name), as(id)), state);
    versions.put(name, state);
  }

  /** A counter that betrays whatever happens twice, or is taken back. */
  private void fence() {
    Fenced fenced = settle(id -> client.datasets().fence(dataset, as(id)), state);
    if (epoch >= 0 && fenced.epoch() != epoch + 1) {
      throw new Violation(dataset + ": the epoch went from " + epoch + " to " + fenced.epoch());
    }
    epoch = fenced.epoch();
  }

  /** The first answer is given again, and nothing happens a second time. */
  private void replay() {
    if (lastPut.isEmpty()) {
      return;
    }
    Put put = lastPut.get();
    Stored again = settle(put.requestId, id -> putOnce(put.path, put.content, id), state);
    if (again.receipt().revision() != put.receipt.revision()) {
      throw new Violation(
          "%s/%s: request %s was answered with revision %d, and again with %d"
              .formatted(
                  dataset,
                  put.path,
                  put.requestId,
                  put.receipt.revision(),
                  again.receipt().revision()));
    }
  }

  private String slot() {
    return "o" + random.nextInt(SLOTS);
  }

  private String requestId() {
    return dataset + "-" + steps + "-" + Long.toHexString(random.nextLong());
  }

  private static WriteOptions as(String requestId) {
    return WriteOptions.DEFAULT.withRequestId(requestId);
  }

  private Map<String, Content> with(Map<String, Content> changed) {
    Map<String, Content> after = new TreeMap<>(state);
    after.putAll(changed);
    return after;
  }

  private void note(String path) {
    recent.remove(path);
    recent.addLast(path);
    if (recent.size() > RECENT_MAX) {
      recent.removeFirst();
    }
  }

  private <T> T settle(Function<String, Result<T>> call, Map<String, Content> after) {
    return settle(requestId(), call, after);
  }

  /** Calls until it has happened. */
  private <T> T settle(
      String requestId, Function<String, Result<T>> call, Map<String, Content> after) {
    while (true) {
      switch (call.apply(requestId)) {
        case Result.Yes<T>(T value) -> {
          state = after;
          return value;
        }
        case Result.No<T>(Refusal refusal) -> {
          if (!passes(refusal)) {
            throw new Violation(dataset + ": refused: " + refusal);
          }
          // Whatever an earlier try did, so this says something only of the first.
          tally.refused();
        }
        case Result.Unknown<T> _ -> {
          tally.unknown();
          requireOneOf(listed(Snapshot.head()), state, after);
        }
      }
      tally.requireGoingOn();
    }
  }

  /** A full disk would refuse for ever. */
  private static boolean passes(Refusal refusal) {
    return PASSING.contains(refusal.code()) && !refusal.reason().equals("DISK_FULL");
  }

  private void requireOneOf(
      Map<String, Sha256> seen, Map<String, Content> before, Map<String, Content> after) {
    if (!seen.equals(digests(before)) && !seen.equals(digests(after))) {
      throw new Violation(
          dataset
              + " is neither as before nor as after an unknown step: "
              + difference(seen, digests(after)));
    }
  }

  /** Compares the dataset with what is known: all names, the newest bytes, some old ones. */
  void check() throws IOException {
    requireState("head", Snapshot.head(), state);
    for (String path : List.copyOf(recent)) {
      checkBytes(path);
    }
    List<String> all = List.copyOf(state.keySet());
    for (int i = 0; i < Math.min(3, all.size()); i++) {
      checkBytes(all.get(random.nextInt(all.size())));
    }
    List<String> names = new ArrayList<>(versions.keySet());
    for (int i = 0; i < Math.min(VERSIONS_CHECKED, names.size()); i++) {
      checkVersion(names.get(random.nextInt(names.size())));
    }
  }

  /** Compares everything. */
  void checkAll() throws IOException {
    requireState("head", Snapshot.head(), state);
    for (String path : state.keySet()) {
      checkBytes(path);
    }
    for (String name : versions.keySet()) {
      checkVersion(name);
    }
    fence();
  }

  private void checkVersion(String name) {
    requireState("version " + name, Snapshot.atVersion(name), versions.get(name));
  }

  private void requireState(String what, Snapshot at, Map<String, Content> expected) {
    Map<String, Sha256> seen = listed(at);
    tally.checked(expected.size());
    if (!seen.equals(digests(expected))) {
      throw new Violation(dataset + " at " + what + ": " + difference(seen, digests(expected)));
    }
  }

  private void checkBytes(String path) throws IOException {
    Content content = state.get(path);
    if (content == null) {
      return;
    }
    while (true) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      switch (client.objects().get(dataset, path, GetOptions.DEFAULT, bytes)) {
        case Result.Yes<?> _ -> {
          if (!Sha256.of(bytes.toByteArray()).equals(content.digest())) {
            throw new Violation(dataset + "/" + path + " has other bytes");
          }
          tally.checked(1);
          return;
        }
        case Result.No<?>(Refusal refusal) -> {
          if (!passes(refusal)) {
            throw new Violation(dataset + "/" + path + " was acknowledged, and is " + refusal);
          }
        }
        case Result.Unknown<?> unknown -> throw new Violation("a read is " + unknown);
      }
      tally.requireGoingOn();
    }
  }

  private Map<String, Sha256> listed(Snapshot at) {
    while (true) {
      try (Stream<ListEntry> entries = client.objects().list(dataset, ListOptions.DEFAULT.at(at))) {
        Map<String, Sha256> seen = new TreeMap<>();
        entries.forEach(
            entry -> seen.put(entry.path(), ((ListEntry.Found) entry).object().digest()));
        return seen;
      } catch (RefusedException e) {
        if (!passes(e.refusal())) {
          throw new Violation(dataset + " cannot be listed at " + at + ": " + e.refusal(), e);
        }
      }
      tally.requireGoingOn();
    }
  }

  private static Map<String, Sha256> digests(Map<String, Content> contents) {
    Map<String, Sha256> digests = new TreeMap<>();
    contents.forEach((path, content) -> digests.put(path, content.digest()));
    return digests;
  }

  private static String difference(Map<String, Sha256> seen, Map<String, Sha256> expected) {
    Set<String> paths = new TreeSet<>(seen.keySet());
    paths.addAll(expected.keySet());
    paths.removeIf(path -> Objects.equals(seen.get(path), expected.get(path)));
    List<String> facts = new ArrayList<>();
    for (String path : paths) {
      facts.add(path + " is " + seen.get(path) + ", want " + expected.get(path));
    }
    return String.join("; ", facts);
  }
}
