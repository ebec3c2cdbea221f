package io.balsa.replica;

import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.CorruptRange;
import io.balsa.chunk.Disk;
import io.balsa.chunk.PackFile;
import io.balsa.chunk.PackOptions;
import io.balsa.chunk.PackStore;
import io.balsa.chunk.RecordVisitor;
import io.balsa.command.ChunkBatch;
import io.balsa.model.ChunkId;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.model.PackLocation;
import io.balsa.model.PackPosition;
import io.balsa.rocks.ChunkChange;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.ChunkRow;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks of one group on one node: bytes in packs, and an index of those that are applied.
 *
 * <p>A chunk's life here: {@link #write} appends its record to a pack when the entry reaches the
 * log, {@link #sync} makes it durable before the log acknowledges the entry, and {@link #apply}
 * puts it into the index when the entry is committed. In between it is <i>pending</i>, known by its
 * entry. A record of an entry that was truncated stays in its pack as dead bytes. After a restart
 * the records behind the index's mark are pending again, and replay applies them.
 *
 * <p>Every entry brings the bytes of all of its chunks, also of those that are here: a removal that
 * is in the log in front of it, and not applied yet, would leave it without. So what apply finds
 * depends on the log alone, and the record that is not needed is dead bytes.
 *
 * <p>A chunk that the group has may be <i>lost</i> here: its record was found bad, or is gone. That
 * is no part of the group's state. It counts in the digest as before, is served by others, and is
 * put back by {@link ChunkUpkeep#restore}.
 *
 * <p>Threads: {@code write} is called by one thread, {@code apply} by another, the rest by any.
 */
final class ChunkStore implements StoreSlot.Store {
  private static final Logger log = LoggerFactory.getLogger(ChunkStore.class);

  final PackStore packs;
  final ChunkIndex index;
  final PackUse use = new PackUse();

  /** Packs in which something bad was seen: what is good in them is moved, and they go. */
  final Set<Integer> damaged = ConcurrentHashMap.newKeySet();

  private final PendingChunks pending;

  /** Held from the look at a row to its change, so that nobody changes it in between. */
  private final ReentrantLock changing = new ReentrantLock();

  /** Held while packs are linked or deleted, so that a copy has every pack that its index names. */
  private final ReentrantLock naming = new ReentrantLock();

  private volatile PackPosition synced;

  private ChunkStore(PackStore packs, ChunkIndex index, PendingChunks pending) {
    this.packs = packs;
    this.index = index;
    this.pending = pending;
    synced = packs.end();
  }

  /**
   * Opens the store, finds its pending records again, and notes chunks as lost whose pack is gone
   * or too short.
   *
   * @param folder made where it is missing
   * @param group the chunk group's number
   */
  static ChunkStore open(Path folder, int group, PackOptions options, RocksMemory memory)
      throws IOException {
    return open(folder, group, options, memory, _ -> {});
  }

  /**
   * As {@link #open(Path, int, PackOptions, RocksMemory)}.
   *
   * @param onDamage told when the open index turns out to be corrupt, or the disk cannot read it
   */
  static ChunkStore open(
      Path folder,
      int group,
      PackOptions options,
      RocksMemory memory,
      Consumer<StorageFailure> onDamage)
      throws IOException {
    Path indexFolder = folder.resolve("index");
    options.disk().createFolders(indexFolder);
    ChunkIndex index = ChunkIndex.open(indexFolder, memory, onDamage);
    try {
      ChunkHead head = index.head();
      Recovery recovery = new Recovery(group, head.applied().index(), new PendingChunks());
      PackStore packs = PackStore.open(folder, group, options, head.indexed(), recovery);
      ChunkStore store = new ChunkStore(packs, index, recovery.found);
      store.checkPlaces();
      return store;
    } catch (IOException | RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /** Collects records of entries behind the applied one. Records that were moved have none. */
  private record Recovery(int group, long appliedIndex, PendingChunks found)
      implements RecordVisitor {
    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      if (at.index() > appliedIndex) {
        found.found(at, id, location);
      }
    }

    @Override
    public void corrupt(CorruptRange range) {
      log.atError()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue("range", range)
          .log("pack has corrupt bytes");
    }
  }

  /** Looks whether each record can be where the index says, and counts what packs hold. */
  private void checkPlaces() throws IOException {
    Map<Integer, Long> sizes = new HashMap<>();
    packs.files().forEach(pack -> sizes.put(pack.number(), pack.bytes()));
    long lost = 0;
    try (Cursor<ChunkEntry> entries = index.entries()) {
      while (entries.hasNext()) {
        ChunkEntry entry = entries.next();
        if (entry.row() instanceof ChunkRow.Stored(PackLocation location)) {
          use.add(location);
          long end = PackStore.endOf(location).offset();
          if (end > sizes.getOrDefault(location.pack(), 0L)) {
            lost += replace(entry, lostFrom(entry.row())) ? 1 : 0;
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (lost > 0) {
      log.atError()
          .addKeyValue("chunks", lost)
          .log("packs are missing or too short: their chunks are lost here and wait for repair");
    }
  }

  private static ChunkRow lostFrom(ChunkRow row) {
    return new ChunkRow.Lost(row.length(), row.crc32c());
  }

  /** Notes that a chunk's record is bad; does nothing where it was moved or removed meanwhile. */
  boolean lose(ChunkEntry entry, String why) throws IOException {
    boolean lost = replace(entry, lostFrom(entry.row()));
    if (lost) {
      log.atError()
          .addKeyValue(LogKeys.CHUNK, entry.id())
          .addKeyValue("row", entry.row())
          .addKeyValue("why", why)
          .log("chunk is lost here and waits for repair");
    }
    return lost;
  }

  /** Changes a row if it still is what the entry says; true if it was. */
  boolean replace(ChunkEntry before, ChunkRow after) throws IOException {
    changing.lock();
    try {
      Optional<ChunkRow> row = Optional.of(before.row());
      boolean same = index.get(before.id()).equals(row);
      if (same) {
        commit(List.of(new ChunkChange(before.id(), row, Optional.of(after))), index.head());
      }
      return same;
    } finally {
      changing.unlock();
    }
  }

  /** Requires: {@code changing} held. */
  private void commit(Collection<ChunkChange> changes, ChunkHead after) throws IOException {
    index.commit(changes, after);
    use.change(changes);
  }

  /**
   * Appends an entry's chunks to the packs. Not durable before {@link #sync}.
   *
   * @param chunks the bytes of each of the batch, or empty where they were left out
   */
  void write(LogPosition at, ChunkBatch batch, List<Optional<ByteBuffer>> chunks)
      throws IOException {
    for (int i = 0; i < chunks.size(); i++) {
      ChunkBatch.Chunk chunk = batch.chunks().get(i);
      Optional<ByteBuffer> bytes = chunks.get(i);
      if (bytes.isPresent()) {
        pending.append(
            at, chunk.id(), () -> packs.append(at, chunk.id(), bytes.get(), chunk.crc32c()));
      } else {
        pending.leaveOut(at, chunk.id());
      }
    }
  }

  /** Makes everything that was written before the call durable. */
  void sync() throws IOException {
    PackPosition end = packs.end();
    packs.sync();
    synced = end.compareTo(synced) > 0 ? end : synced;
  }

  /** Forgets pending entries from an index on: the log has cut them off. */
  void truncate(long fromIndex) {
    pending.truncate(fromIndex);
  }

  /**
   * Takes a committed entry's removed chunks out of the index, and puts its own into it. A chunk
   * whose record is missing is noted as lost: others have it, since its entry is committed.
   */
  void apply(LogPosition at, ChunkBatch batch) throws IOException {
    Map<ChunkId, PackLocation> records = pending.records(at);
    changing.lock();
    try {
      ChunkTransition transition = new ChunkTransition(index);
      long removals = index.head().removals();
      for (ChunkBatch.Removal removal : batch.removals()) {
        if (removal.number() > removals) {
          transition.remove(removal);
        }
      }
      for (ChunkBatch.Chunk chunk : batch.chunks()) {
        if (!(transition.row(chunk.id()).orElse(null) instanceof ChunkRow.Stored)) {
          transition.set(chunk.id(), Optional.of(arrived(chunk, records.get(chunk.id()), at)));
        }
      }
      // A leader may commit by its followers' disks before its own. What the index names must be
      // durable first, since RocksDB flushes when it likes.
      if (records.values().stream().anyMatch(location -> !isSynced(location))) {
        sync();
      }
      commit(transition.changes(), transition.after(index.head(), at));
    } finally {
      changing.unlock();
    }
    pending.forget(at);
  }

  private ChunkRow arrived(
      ChunkBatch.Chunk chunk, @Nullable PackLocation location, LogPosition at) {
    if (location != null) {
      return new ChunkRow.Stored(location);
    }
    if (!pending.isLeftOut(at, chunk.id())) {
      log.atError()
          .addKeyValue(LogKeys.CHUNK, chunk.id())
          .addKeyValue(LogKeys.TERM, at.term())
          .addKeyValue(LogKeys.INDEX, at.index())
          .log("the record of a committed chunk is missing: it is lost here and waits for repair");
    }
    return new ChunkRow.Lost(chunk.length(), chunk.crc32c());
  }

  /** Notes a position without chunks. */
  void skip(LogPosition at) throws IOException {
    changing.lock();
    try {
      ChunkHead head = index.head();
      if (at.index() > head.applied().index()) {
        commit(List.of(), new ChunkTransition(index).after(head, at));
      }
    } finally {
      changing.unlock();
    }
  }

  private boolean isSynced(PackLocation location) {
    return new PackPosition(location.pack(), location.offset()).compareTo(synced) < 0;
  }

  /** True where the chunk is applied: the group has it, even if it is lost here. */
  boolean contains(ChunkId id) throws IOException {
    return index.contains(id);
  }

  /** The length of an applied chunk; empty where it is not applied. */
  OptionalInt length(ChunkId id) throws IOException {
    Optional<ChunkRow> row = index.get(id);
    return row.isEmpty() ? OptionalInt.empty() : OptionalInt.of(row.get().length());
  }

  /**
   * The checked bytes of an applied chunk; empty where it is not applied.
   *
   * @throws CorruptChunk if it is lost here, from now on at the latest
   */
  Optional<ByteBuffer> read(ChunkId id) throws IOException {
    Optional<ChunkRow> row = index.get(id);
    while (row.isPresent()) {
      switch (row.get()) {
        case ChunkRow.Lost _ -> throw new CorruptChunk(id, "it is lost here and waits for repair");
        case ChunkRow.Stored(PackLocation location) -> {
          try {
            return Optional.of(packs.read(location, id));
          } catch (CorruptChunk e) {
            if (lose(new ChunkEntry(id, row.get()), String.valueOf(e.getMessage()))) {
              throw e;
            }
            // It was moved while it was read, and its pack deleted.
            row = index.get(id);
          }
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The checked bytes of a chunk that an entry of the log brought. Empty where a removal behind the
   * entry has been applied since, here or where the entry came from: then nobody needs them.
   *
   * @throws CorruptChunk they are not here, or bad; others have them
   */
  Optional<ByteBuffer> readOf(LogPosition at, ChunkId id) throws IOException {
    // First, so that what is not in the index afterwards was removed from it, and did not come
    // late.
    long appliedBefore = index.head().applied().index();
    PackLocation written = pending.records(at).get(id);
    if (written != null) {
      return Optional.of(packs.read(written, id));
    }
    if (pending.isLeftOut(at, id)) {
      return Optional.empty();
    }
    Optional<ByteBuffer> stored = read(id);
    if (stored.isEmpty() && at.index() > appliedBefore) {
      throw new CorruptChunk(id, "the record that came with entry " + at + " is missing");
    }
    return stored;
  }

  /** Makes packs and index durable; returns what surely is. Safe on every thread. */
  ChunkHead flush() throws IOException {
    PackPosition mark = pending.first(packs::end);
    sync();
    changing.lock();
    try {
      ChunkHead head = index.head();
      PackPosition indexed = mark.compareTo(head.indexed()) > 0 ? mark : head.indexed();
      commit(List.of(), head.indexedUpTo(indexed));
    } finally {
      changing.unlock();
    }
    return index.flush();
  }

  /** Makes what is applied durable; returns what surely is. Safe on every thread. */
  ChunkHead persist() throws IOException {
    // What the index names is durable in the packs already.
    return index.flush();
  }

  /** Copies index and packs to a new folder, mostly by links. Safe on every thread. */
  StoredReplica.Copy copyTo(Path target, Disk disk) throws IOException {
    naming.lock();
    try {
      disk.createFolders(target);
      ChunkHead head = index.checkpoint(target.resolve("index"));
      Map<String, Long> prefixes = new HashMap<>();
      // Looked at after the index was copied, so that every record which it names is there.
      for (PackFile pack : packs.files()) {
        Path link = target.resolve(pack.path().getFileName());
        // One that is missing is no reason to lend nothing: its chunks are lost, here and there.
        if (disk.exists(pack.path())) {
          disk.link(pack.path(), link);
          prefixes.put(link.getFileName().toString(), pack.bytes());
        }
      }
      return new StoredReplica.Copy(head.applied(), prefixes);
    } finally {
      naming.unlock();
    }
  }

  /** Bytes of a pack that the index does not name, and that no pending record has. */
  long deadBytes(PackFile pack) {
    PackPosition first = pending.first(packs::end);
    if (pack.number() > first.pack()) {
      return 0;
    }
    long settled = pack.number() < first.pack() ? pack.bytes() : first.offset();
    return Math.max(0, settled - PackStore.overheadBytes(pack) - use.live(pack.number()));
  }

  /** True if every record of a pack is in the index, or dead. */
  boolean isSettled(PackFile pack) {
    return pack.sealed() && pack.number() < pending.first(packs::end).pack();
  }

  /**
   * Deletes a pack that the index names no more. The index is flushed before, so that it names none
   * of its records after a crash either.
   *
   * @return false if it still names a record there, or might after a crash: nothing was deleted
   */
  boolean delete(PackFile pack) throws IOException {
    if (use.live(pack.number()) > 0 || flush().indexed().pack() <= pack.number()) {
      return false;
    }
    naming.lock();
    try {
      packs.delete(pack.number());
    } finally {
      naming.unlock();
    }
    use.forget(pack.number());
    damaged.remove(pack.number());
    return true;
  }

  /** Throws what RocksDB met on its own threads. */
  void requireSound() throws IOException {
    index.requireSound();
  }

  /** Where the group is. */
  ChunkHead head() {
    return index.head();
  }

  @Override
  public void close() throws IOException {
    try {
      packs.close();
    } finally {
      index.close();
    }
  }
}
