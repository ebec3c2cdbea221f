package io.balsa.cli.fake;

import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Precondition;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.VersionEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** What a cluster holds, in memory, with its history. One revision a change. Thread-safe. */
public final class FakeStore {
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  /** An object with its bytes. */
  static final class Held {
    private final ObjectStat stat;
    private final byte[] bytes;

    Held(ObjectStat stat, byte[] bytes) {
      this.stat = stat;
      this.bytes = bytes;
    }

    ObjectStat stat() {
      return stat;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** A dataset: for each path what it was from which revision on. */
  static final class Dataset {
    final long created;
    final NavigableMap<String, NavigableMap<Long, Optional<Held>>> paths = new TreeMap<>();
    final NavigableMap<String, VersionEntry> versions = new TreeMap<>();

    Dataset(long created) {
      this.created = created;
    }
  }

  /** A change that a transaction holds back: bytes, or empty for a delete. */
  record Staged(Optional<byte[]> bytes, Map<String, String> metadata) {}

  private final NavigableMap<String, Dataset> datasets = new TreeMap<>();
  private final Map<Long, Map<String, Staged>> transactions = new HashMap<>();
  private final Set<String> rotten = new HashSet<>();
  private long revision;
  private long transaction;

  public synchronized long revision() {
    return revision;
  }

  /** From now on the first byte of this object is a wrong one. */
  public synchronized void rot(String path) {
    rotten.add(path);
  }

  synchronized byte[] read(Held held) {
    byte[] bytes = held.bytes().clone();
    if (rotten.contains(held.stat().path())) {
      bytes[0] ^= 1;
    }
    return bytes;
  }

  synchronized NavigableMap<String, Dataset> datasets() {
    return new TreeMap<>(datasets);
  }

  synchronized long create(String name) {
    if (datasets.containsKey(name)) {
      throw refused(RefusalCode.ALREADY_EXISTS, "DATASET_EXISTS", "dataset " + name + " exists");
    }
    datasets.put(name, new Dataset(++revision));
    return revision;
  }

  synchronized long drop(String name, boolean recursive) {
    Dataset dataset = dataset(name);
    if (!recursive && !list(name, Snapshot.head()).isEmpty()) {
      throw refused(RefusalCode.FAILED_PRECONDITION, "DATASET_NOT_EMPTY", name + " is not empty");
    }
    datasets.values().remove(dataset);
    return ++revision;
  }

  synchronized Dataset dataset(String name) {
    return Optional.ofNullable(datasets.get(name))
        .orElseThrow(
            () -> refused(RefusalCode.NOT_FOUND, "DATASET_NOT_FOUND", "no dataset " + name));
  }

  synchronized Held put(
      String dataset, String path, Staged staged, Optional<Precondition> precondition) {
    require(dataset, path, precondition);
    revision++;
    return set(dataset, path, staged).orElseThrow();
  }

  synchronized long delete(String dataset, String path, Optional<Precondition> precondition) {
    get(dataset, path, Snapshot.head());
    require(dataset, path, precondition);
    revision++;
    set(dataset, path, new Staged(Optional.empty(), Map.of()));
    return revision;
  }

  private void require(String dataset, String path, Optional<Precondition> precondition) {
    Optional<Held> now = find(dataset, path, revision);
    switch (precondition.orElse(null)) {
      case null -> {}
      case Precondition.IfAbsent _ -> {
        if (now.isPresent()) {
          throw refused(RefusalCode.FAILED_PRECONDITION, "OBJECT_EXISTS", path + " exists already");
        }
      }
      case Precondition.IfRevision(long wanted) -> {
        if (now.isEmpty() || now.get().stat().revision() != wanted) {
          throw refused(
              RefusalCode.FAILED_PRECONDITION, "REVISION_MISMATCH", path + " changed since");
        }
      }
      case Precondition.IfDigest(Sha256 wanted) -> {
        if (now.isEmpty() || !now.get().stat().digest().equals(wanted)) {
          throw refused(
              RefusalCode.FAILED_PRECONDITION, "DIGEST_MISMATCH", path + " has other bytes");
        }
      }
    }
  }

  private Optional<Held> set(String dataset, String path, Staged staged) {
    Optional<Held> held =
        staged
            .bytes()
            .map(
                bytes ->
                    new Held(
                        new ObjectStat(
                            path, bytes.length, Sha256.of(bytes), revision, NOW, staged.metadata()),
                        bytes));
    dataset(dataset).paths.computeIfAbsent(path, _ -> new TreeMap<>()).put(revision, held);
    return held;
  }

  synchronized long at(String dataset, Snapshot snapshot) {
    return switch (snapshot) {
      case Snapshot.Head _ -> revision;
      case Snapshot.AtRevision(long wanted) -> wanted;
      case Snapshot.AtVersion(String name) -> version(dataset, name).revision();
    };
  }

  synchronized Held get(String dataset, String path, Snapshot snapshot) {
    return find(dataset, path, at(dataset, snapshot))
        .orElseThrow(
            () -> refused(RefusalCode.NOT_FOUND, "OBJECT_NOT_FOUND", "no object at " + path));
  }

  private Optional<Held> find(String dataset, String path, long atRevision) {
    return Optional.ofNullable(dataset(dataset).paths.get(path))
        .map(history -> history.floorEntry(atRevision))
        .flatMap(Map.Entry::getValue);
  }

  synchronized List<ObjectStat> list(String dataset, Snapshot snapshot) {
    long atRevision = at(dataset, snapshot);
    List<ObjectStat> found = new ArrayList<>();
    for (String path : dataset(dataset).paths.keySet()) {
      find(dataset, path, atRevision).ifPresent(held -> found.add(held.stat()));
    }
    return found;
  }

  synchronized VersionEntry name(
      String dataset, String name, OptionalLong wanted, String message, List<String> parents) {
    if (dataset(dataset).versions.containsKey(name)) {
      throw refused(RefusalCode.ALREADY_EXISTS, "VERSION_EXISTS", "version " + name + " exists");
    }
    long named = wanted.orElse(revision);
    List<ObjectStat> objects = list(dataset, Snapshot.atRevision(Math.max(1, named)));
    VersionEntry.Seal seal =
        new VersionEntry.Seal(
            new Sha256(named, 1, 2, 3),
            objects.size(),
            objects.stream().mapToLong(ObjectStat::size).sum());
    VersionEntry entry =
        new VersionEntry(dataset, name, named, message, parents, NOW, Optional.of(seal));
    dataset(dataset).versions.put(name, entry);
    revision++;
    return entry;
  }

  synchronized VersionEntry version(String dataset, String name) {
    return Optional.ofNullable(dataset(dataset).versions.get(name))
        .orElseThrow(
            () -> refused(RefusalCode.NOT_FOUND, "VERSION_NOT_FOUND", "no version " + name));
  }

  synchronized long begin(String dataset) {
    dataset(dataset);
    transactions.put(++transaction, new TreeMap<>());
    return transaction;
  }

  synchronized void stage(long id, String path, Staged staged) {
    transactions.get(id).put(path, staged);
  }

  synchronized long publish(String dataset, long id) {
    Map<String, Staged> staged = transactions.remove(id);
    if (staged == null) {
      throw refused(RefusalCode.NOT_FOUND, "TRANSACTION_NOT_FOUND", "no open transaction " + id);
    }
    revision++;
    staged.forEach((path, change) -> set(dataset, path, change));
    return revision;
  }

  synchronized void abort(long id) {
    transactions.remove(id);
  }

  /** Transactions that are neither published nor aborted. */
  public synchronized int openTransactions() {
    return transactions.size();
  }

  static RefusedException refused(RefusalCode code, String reason, String message) {
    return new RefusedException(Refusal.of(code, reason, message));
  }
}
