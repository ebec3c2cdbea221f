package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.rocks.CatalogStore;
import io.balsa.rocks.ChunkIndex;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import io.balsa.snapshot.CorruptSnapshot;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSwap;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a replica whose store is lost another member's, before its Raft group starts. A store is
 * lost that is condemned, that RocksDB finds corrupt or the disk goes on failing to read when it is
 * opened, or that ends before the Raft log begins. Raft's log and vote stay as they are: losing the
 * state that they lead to is not amnesia, since a snapshot brings it back whole.
 *
 * <pre>
 *   mark the store as condemned
 *   set it aside                      at most one a group is kept
 *   fetch a snapshot                  again and again, from where the last try broke off
 *   decide that it goes live          (SnapshotSwap)
 *   take the mark away
 *   delete what was set aside         only where space is short
 * </pre>
 *
 * <p>Each step is durable before the next, and the next start goes on behind the last one that was.
 * Thread-safe for different groups.
 */
public final class StoreRebuild {
  private static final Logger log = LoggerFactory.getLogger(StoreRebuild.class);

  private static final Duration PAUSE_MIN = Duration.ofMillis(200);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
  private static final long PROBE_MEMORY_BYTES = 1L << 20;
  private static final DateTimeFormatter NAMED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Disk disk;
  private final Path quarantine;
  private final SnapshotFetcher snapshots;
  private final Clock clock;
  private final ConcurrentMap<GroupName, String> running = new ConcurrentHashMap<>();

  /**
   * Where a replica's parts are.
   *
   * @param group whose
   * @param folder the store's
   * @param raftLog the folder with Ratis' log segments; need not be there
   * @param forced the last entry that this log ever forced, by the watermark; its term is 0 where
   *     it is not known
   */
  public record Store(GroupName group, Path folder, Path raftLog, LogPosition forced) {}

  /**
   * Looks at nothing yet.
   *
   * @param quarantine where lost stores are kept, on the stores' file system; made when needed
   * @param clock names them
   */
  public StoreRebuild(Disk disk, Path quarantine, SnapshotFetcher snapshots, Clock clock) {
    this.disk = disk;
    this.quarantine = quarantine.toAbsolutePath();
    this.snapshots = snapshots;
    this.clock = clock;
  }

  /**
   * Tells whether a store is lost, and condemns it if so. Ends what a crash interrupted, and opens
   * the store once. The group must not be running.
   *
   * @throws IOException the disk failed; nothing is known about the store
   */
  public boolean isNeeded(Store store) throws IOException {
    if (isCondemned(store)) {
      return true;
    }
    Optional<String> fault = fault(new SnapshotSwap(disk, store.folder), store);
    if (fault.isPresent()) {
      StoreCondemnation.write(disk, store.folder, fault.get());
    }
    return fault.isPresent();
  }

  /**
   * Tells whether a store was condemned and nothing is there to take its place yet; durable if so.
   * Takes away a mark that has outlived its store. The group must not be running.
   *
   * @throws IOException the disk failed; call again
   */
  public boolean isCondemned(Store store) throws IOException {
    Optional<String> reason = StoreCondemnation.read(disk, store.folder);
    if (reason.isEmpty()) {
      return false;
    }
    // Whoever wrote the mark, or decided on another store, may have been killed behind the rename.
    disk.syncName(StoreCondemnation.markOf(store.folder));
    if (new SnapshotSwap(disk, store.folder).decided().isEmpty()) {
      return true;
    }
    // Whole, and chosen to take the store's place.
    StoreCondemnation.lift(disk, store.folder);
    return false;
  }

  private Optional<String> fault(SnapshotSwap swap, Store store) throws IOException {
    try {
      swap.recover();
      LogPosition end = endOf(store);
      long begin = extent(store).map(RaftLogFiles.Extent::first).orElse(0L);
      return end.index() + 1 >= begin
          ? Optional.empty()
          : Optional.of("it ends at " + end + ", and the Raft log begins at " + begin);
    } catch (CorruptSnapshot e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (StorageFailure e) {
      if (StoreSoundness.isDamage(disk, e, tables(store))) {
        return Optional.of(StoreSoundness.describe(e));
      }
      throw e;
    }
  }

  /** Nothing of a log that cannot be read: the audit finds that, and the log is given up. */
  private static Optional<RaftLogFiles.Extent> extent(Store store) {
    try {
      return RaftLogFiles.extent(store.raftLog);
    } catch (IOException e) {
      log.atDebug().addKeyValue(LogKeys.GROUP, store.group).setCause(e).log("unreadable Raft log");
      return Optional.empty();
    }
  }

  private static LogPosition endOf(Store store) throws IOException {
    try (RocksMemory memory = new RocksMemory(PROBE_MEMORY_BYTES, PROBE_MEMORY_BYTES)) {
      if (store.group.isCatalog()) {
        try (CatalogStore catalog = CatalogStore.open(tables(store), memory)) {
          return catalog.head().applied();
        }
      }
      try (ChunkIndex index = ChunkIndex.open(tables(store), memory)) {
        return index.head().applied();
      }
    }
  }

  /** The folder with RocksDB's files. */
  private static Path tables(Store store) {
    return store.group.isCatalog() ? store.folder : store.folder.resolve("index");
  }

  /**
   * Replaces a lost store. Blocks until a member gives what is needed: hours, or for ever where
   * there is none. An interrupt ends it.
   *
   * @throws IOException the disk failed
   */
  public void run(Store store) throws IOException, InterruptedException {
    String reason = StoreCondemnation.read(disk, store.folder).orElse("it is missing");
    log.atWarn()
        .addKeyValue(LogKeys.GROUP, store.group)
        .addKeyValue("reason", reason)
        .log("a store is lost; its group stays down here until another member gives a copy");
    SnapshotSwap swap = new SnapshotSwap(disk, store.folder);
    running.put(store.group, reason);
    try {
      setAside(swap, store);
      SnapshotManifest fetched = fetch(store, reason);
      swap.decide();
      StoreCondemnation.lift(disk, store.folder);
      dropWhereSpaceIsShort(store);
      noteReplaced(store, fetched);
    } finally {
      running.remove(store.group);
    }
  }

  private static void noteReplaced(Store store, SnapshotManifest fetched) {
    log.atInfo()
        .addKeyValue(LogKeys.GROUP, store.group)
        .addKeyValue(LogKeys.INDEX, fetched.position().index())
        .addKeyValue(LogKeys.BYTES, fetched.bytes())
        .log("a lost store is replaced");
  }

  /** The stores that are being replaced now, and why they are lost. */
  public Map<GroupName, String> running() {
    return Map.copyOf(running);
  }

  private SnapshotManifest fetch(Store store, String reason)
      throws IOException, InterruptedException {
    SnapshotFetcher.Need need = needOf(store);
    for (Duration pause = PAUSE_MIN; ; ) {
      try {
        return snapshots.fetch(need, SnapshotSwap.staging(store.folder));
      } catch (IOException e) {
        log.atWarn()
            .addKeyValue(LogKeys.GROUP, store.group)
            .addKeyValue("reason", reason)
            .addKeyValue(LogKeys.INDEX, Math.max(need.indexMin(), need.logEnd().index()))
            .setCause(e)
            .log("no member gives a copy of a lost store yet, trying again");
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
    }
  }

  /**
   * The snapshot must join the log, and leave nothing behind it whose bytes the old store held.
   * Where the log has no entry, everything that it forced was in the old store alone, and this
   * replica may have been one of the majority that acknowledged it.
   */
  private static SnapshotFetcher.Need needOf(Store store) {
    Optional<RaftLogFiles.Extent> raftLog = extent(store);
    LogPosition forced = store.forced;
    return new SnapshotFetcher.Need(
        store.group,
        Optional.empty(),
        // Of an unknown term nothing can be told by terms.
        raftLog
            .map(extent -> extent.first() - 1)
            .orElse(forced.term() == 0 ? forced.index() : LogPosition.START.index()),
        raftLog.map(RaftLogFiles.Extent::last).orElse(forced));
  }

  private void setAside(SnapshotSwap swap, Store store) throws IOException {
    swap.dropReplacements();
    String suffix = suffixOf(store);
    if (disk.exists(store.folder)) {
      for (Path kept : kept(suffix)) {
        disk.deleteTree(kept);
      }
      disk.createFolders(quarantine);
      disk.rename(store.folder, quarantine.resolve(NAMED.format(clock.instant()) + suffix));
      disk.syncFolder(quarantine);
      disk.syncFolder(parentOf(store.folder));
    }
  }

  /** Not before there is a whole copy: what was set aside may be the only one there is. */
  private void dropWhereSpaceIsShort(Store store) throws IOException {
    for (Path kept : kept(suffixOf(store))) {
      if (Files.getFileStore(quarantine).getUsableSpace() < 2 * bytesIn(kept)) {
        disk.deleteTree(kept);
      }
    }
  }

  private static String suffixOf(Store store) {
    return "-" + store.group + "-store";
  }

  private List<Path> kept(String suffix) throws IOException {
    List<Path> kept = new ArrayList<>();
    if (disk.isFolder(quarantine)) {
      for (Path path : disk.list(quarantine)) {
        if (path.toString().endsWith(suffix)) {
          kept.add(path);
        }
      }
    }
    return kept;
  }

  private long bytesIn(Path path) throws IOException {
    if (!disk.isFolder(path)) {
      try (DiskFile file = disk.openToRead(path)) {
        return file.size();
      }
    }
    long bytes = 0;
    for (Path child : disk.list(path)) {
      bytes += bytesIn(child);
    }
    return bytes;
  }

  private static Path parentOf(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException("a root folder is no store: " + folder);
    }
    return parent;
  }
}
