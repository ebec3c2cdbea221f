package io.balsa.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The records of entries that are written and not yet applied. Thread-safe. */
final class PendingChunks {
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();

  /**
   * One entry.
   *
   * @param leftOut chunks that came without bytes, since a committed removal is behind them
   */
  private record Entry(long term, Map<ChunkId, PackLocation> records, Set<ChunkId> leftOut) {
    Entry(long term) {
      this(term, new HashMap<>(), new HashSet<>());
    }
  }

  /** Appends a record. */
  @FunctionalInterface
  interface Append {
    PackLocation run() throws IOException;
  }

  /** Appends a record and notes it, as one step for {@link #first}. */
  void append(LogPosition at, ChunkId id, Append append) throws IOException {
    lock.lock();
    try {
      PackLocation location = append.run();
      entryAt(at).records.put(id, location);
    } finally {
      lock.unlock();
    }
  }

  /** Notes a record that was found. */
  void found(LogPosition at, ChunkId id, PackLocation location) {
    lock.lock();
    try {
      entryAt(at).records.put(id, location);
    } finally {
      lock.unlock();
    }
  }

  /** Notes a chunk that came without bytes. */
  void leaveOut(LogPosition at, ChunkId id) {
    lock.lock();
    try {
      entryAt(at).leftOut.add(id);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The entry at a position. One of another term at the same index was truncated, whichever term is
   * higher: a new leader may bring an entry of an older term (Raft §5.4.2, figure 8), so it is the
   * later record that counts.
   */
  @GuardedBy("lock")
  private Entry entryAt(LogPosition at) {
    Entry known = entries.get(at.index());
    if (known == null || known.term != at.term()) {
      known = new Entry(at.term());
      entries.put(at.index(), known);
    }
    return known;
  }

  /** The records of an entry. */
  Map<ChunkId, PackLocation> records(LogPosition at) {
    lock.lock();
    try {
      Entry entry = entries.get(at.index());
      return entry == null || entry.term != at.term() ? Map.of() : Map.copyOf(entry.records);
    } finally {
      lock.unlock();
    }
  }

  /** True where an entry brought a chunk without its bytes. */
  boolean isLeftOut(LogPosition at, ChunkId id) {
    lock.lock();
    try {
      Entry entry = entries.get(at.index());
      return entry != null && entry.term == at.term() && entry.leftOut.contains(id);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets entries from an index on: the log has cut them off. */
  void truncate(long fromIndex) {
    lock.lock();
    try {
      entries.tailMap(fromIndex, true).clear();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets entries up to one that is applied. */
  void forget(LogPosition applied) {
    lock.lock();
    try {
      entries.headMap(applied.index(), true).clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Where the first record is; all in front of it are in the index or dead.
   *
   * @param end behind all records, asked for where none is pending
   */
  PackPosition first(Supplier<PackPosition> end) {
    lock.lock();
    try {
      PackPosition first = end.get();
      for (Entry entry : entries.values()) {
        for (PackLocation location : entry.records.values()) {
          PackPosition position = new PackPosition(location.pack(), location.offset());
          first = position.compareTo(first) < 0 ? position : first;
        }
      }
      return first;
    } finally {
      lock.unlock();
    }
  }
}
