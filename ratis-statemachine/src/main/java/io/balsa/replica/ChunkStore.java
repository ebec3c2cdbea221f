package io.balsa.replica;

import io.balsa.catalog.StateDigest;
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
import io.balsa.model.Sha256;
import io.balsa.rocks.ChunkEntry;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
 * <p>Threads: {@code write} is called by one thread, {@code apply} and {@code flush} by another,
 * the rest by any.
 */
final class ChunkStore implements StoreSlot.Store {
  private static final Logger log = LoggerFactory.getLogger(ChunkStore.class);

  private final PackStore packs;
  private final ChunkIndex index;

  /** Guards {@code pending}, and makes "appended and pending" one step for {@link #flush}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final NavigableMap<Long, Entry> pending;
  private volatile PackPosition synced;

  private ChunkStore(PackStore packs, ChunkIndex index, NavigableMap<Long, Entry> pending) {
    this.packs = packs;
    this.index = index;
    this.pending = pending;
    synced = packs.end();
  }

  /** Records of one entry that is written and not yet applied. */
  private record Entry(long term, Map<ChunkId, PackLocation> chunks) {}

  /**
   * Opens the store and finds its pending records again.
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
   * @param onCorruption told when the open index turns out to be corrupt
   */
  static ChunkStore open(
      Path folder,
      int group,
      PackOptions options,
      RocksMemory memory,
      Consumer<StorageFailure> onCorruption)
      throws IOException {
    Path indexFolder = folder.resolve("index");
    options.disk().createFolders(indexFolder);
    ChunkIndex index = ChunkIndex.open(indexFolder, memory, onCorruption);
    try {
      ChunkHead head = index.head();
      Recovery recovery = new Recovery(group, head.applied().index());
      PackStore packs = PackStore.open(folder, group, options, head.indexed(), recovery);
      return new ChunkStore(packs, index, recovery.found);
    } catch (IOException | RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /** Collects records of entries behind the applied one. */
  private static final class Recovery implements RecordVisitor {
    private final int group;
    private final long appliedIndex;
    private final NavigableMap<Long, Entry> found = new TreeMap<>();

    Recovery(int group, long appliedIndex) {
      this.group = group;
      this.appliedIndex = appliedIndex;
    }

    @Override
    public void visit(LogPosition at, ChunkId id, PackLocation location) {
      if (at.index() > appliedIndex) {
        entryAt(found, at).chunks.put(id, location);
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

  /**
   * The entry at a position. One of another term at the same index was truncated, whichever term is
   * higher: a new leader may bring an entry of an older term (Raft §5.4.2, figure 8), so it is the
   * later record that counts.
   */
  private static Entry entryAt(NavigableMap<Long, Entry> entries, LogPosition at) {
    Entry known = entries.get(at.index());
    if (known == null || known.term != at.term()) {
      known = new Entry(at.term(), new HashMap<>());
      entries.put(at.index(), known);
    }
    return known;
  }

  /**
   * Appends an entry's chunks to the packs, except those that are applied already. Not durable
   * before {@link #sync}.
   *
   * @param payload the chunks' bytes in the batch's order; consumed
   */
  void write(LogPosition at, ChunkBatch batch, ByteBuffer payload) throws IOException {
    for (ChunkBatch.Chunk chunk : batch.chunks()) {
      ByteBuffer bytes = payload.slice(payload.position(), chunk.length());
      payload.position(payload.position() + chunk.length());
      if (!index.contains(chunk.id())) {
        append(at, chunk, bytes);
      }
    }
  }

  private void append(LogPosition at, ChunkBatch.Chunk chunk, ByteBuffer bytes) throws IOException {
    lock.lock();
    try {
      PackLocation location = packs.append(at, chunk.id(), bytes, chunk.crc32c());
      entryAt(pending, at).chunks.put(chunk.id(), location);
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      pending.tailMap(fromIndex, true).clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a committed entry's chunks into the index.
   *
   * @throws IOException if the index fails, or a chunk's record is missing
   */
  void apply(LogPosition at, ChunkBatch batch) throws IOException {
    Map<ChunkId, PackLocation> records = pendingAt(at);
    Map<ChunkId, ChunkEntry> added = new HashMap<>();
    for (ChunkBatch.Chunk chunk : batch.chunks()) {
      if (added.containsKey(chunk.id()) || index.contains(chunk.id())) {
        continue;
      }
      PackLocation location = records.get(chunk.id());
      if (location == null) {
        throw new IOException(
            "the record of chunk " + chunk.id() + ", committed at " + at + ", is missing");
      }
      added.put(chunk.id(), new ChunkEntry(chunk.id(), location));
    }
    // A leader may commit by its followers' disks before its own. What the index names must be
    // durable first, since RocksDB flushes when it likes.
    if (added.values().stream().anyMatch(entry -> !isSynced(entry.location()))) {
      sync();
    }
    index.commit(List.copyOf(added.values()), after(index.head(), at, added.values()));
    forget(at);
  }

  private static ChunkHead after(ChunkHead before, LogPosition at, Collection<ChunkEntry> added) {
    long bytes = before.bytes();
    StateDigest digest = before.digest();
    for (ChunkEntry entry : added) {
      bytes += entry.location().length();
      digest = digest.plus(member(entry));
    }
    return new ChunkHead(at, before.indexed(), before.chunks() + added.size(), bytes, digest);
  }

  /** A chunk's member of the replica digest: what all replicas share, so not its location. */
  private static Sha256 member(ChunkEntry entry) {
    ByteBuffer member = ByteBuffer.allocate(Sha256.BYTES + Integer.BYTES);
    entry.id().sha256().write(member);
    return Sha256.of(member.putInt(entry.location().length()).flip());
  }

  /** Notes a position without chunks. */
  void skip(LogPosition at) throws IOException {
    ChunkHead head = index.head();
    if (at.index() > head.applied().index()) {
      index.commit(List.of(), after(head, at, List.of()));
    }
  }

  private boolean isSynced(PackLocation location) {
    return new PackPosition(location.pack(), location.offset()).compareTo(synced) < 0;
  }

  private Map<ChunkId, PackLocation> pendingAt(LogPosition at) {
    lock.lock();
    try {
      Entry entry = pending.get(at.index());
      return entry == null || entry.term != at.term() ? Map.of() : Map.copyOf(entry.chunks);
    } finally {
      lock.unlock();
    }
  }

  /** A record of a chunk under any pending entry: whichever it is, the bytes are the same. */
  private Optional<PackLocation> pendingAnywhere(ChunkId id) {
    lock.lock();
    try {
      return pending.values().stream()
          .flatMap(entry -> Stream.ofNullable(entry.chunks.get(id)))
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  private void forget(LogPosition applied) {
    lock.lock();
    try {
      pending.headMap(applied.index(), true).clear();
    } finally {
      lock.unlock();
    }
  }

  /** True where the chunk is applied. */
  boolean contains(ChunkId id) throws IOException {
    return index.contains(id);
  }

  /** The length of an applied chunk; empty where it is not applied. */
  OptionalInt length(ChunkId id) throws IOException {
    Optional<PackLocation> location = index.get(id);
    return location.isEmpty() ? OptionalInt.empty() : OptionalInt.of(location.get().length());
  }

  /** The checked bytes of an applied chunk; empty where it is not applied. */
  Optional<ByteBuffer> read(ChunkId id) throws IOException {
    Optional<PackLocation> location = index.get(id);
    return location.isEmpty() ? Optional.empty() : Optional.of(packs.read(location.get(), id));
  }

  /**
   * The checked bytes of a chunk of an entry, applied or not.
   *
   * @throws CorruptChunk if the bytes fail their check
   * @throws IOException if they are not here
   */
  ByteBuffer readOf(LogPosition at, ChunkId id) throws IOException {
    // An entry whose chunk was applied before brought no record of its own. After a crash the index
    // may not know that chunk yet, and then it is pending under the entry that brought it.
    PackLocation written = pendingAt(at).get(id);
    Optional<PackLocation> location = written == null ? pendingAnywhere(id) : Optional.of(written);
    // Last, since an entry is in the index before it is forgotten here.
    location = location.isPresent() ? location : index.get(id);
    if (location.isEmpty()) {
      throw new IOException("chunk " + id + " of entry " + at + " is not here");
    }
    return packs.read(location.get(), id);
  }

  /** Makes packs and index durable; returns what surely is. */
  ChunkHead flush() throws IOException {
    PackPosition mark = firstPending();
    sync();
    ChunkHead head = index.head();
    index.commit(
        List.of(), new ChunkHead(head.applied(), mark, head.chunks(), head.bytes(), head.digest()));
    return index.flush();
  }

  /** Makes what is applied durable; returns what surely is. Safe on every thread. */
  ChunkHead persist() throws IOException {
    // What the index names is durable in the packs already.
    return index.flush();
  }

  /** Copies index and packs to a new folder, mostly by links. Safe on every thread. */
  GroupStateMachine.Copy copyTo(Path target, Disk disk) throws IOException {
    disk.createFolders(target);
    ChunkHead head = index.checkpoint(target.resolve("index"));
    Map<String, Long> prefixes = new HashMap<>();
    // Looked at after the index was copied, so that every record which it names is there.
    for (PackFile pack : packs.files()) {
      Path link = target.resolve(pack.path().getFileName());
      disk.link(pack.path(), link);
      prefixes.put(link.getFileName().toString(), pack.bytes());
    }
    return new GroupStateMachine.Copy(head.applied(), prefixes);
  }

  /** All records before it are in the index or dead. */
  private PackPosition firstPending() {
    lock.lock();
    try {
      PackPosition first = packs.end();
      for (Entry entry : pending.values()) {
        for (PackLocation location : entry.chunks.values()) {
          PackPosition position = new PackPosition(location.pack(), location.offset());
          first = position.compareTo(first) < 0 ? position : first;
        }
      }
      return first;
    } finally {
      lock.unlock();
    }
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
