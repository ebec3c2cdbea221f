package io.balsa.service.check;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.data.DataFolder;
import io.balsa.service.data.NodeIdentity;
import io.balsa.service.upkeep.ScrubNote;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSwap;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks a whole data folder, part by part: identity, catalog, chunk groups, Raft logs, and the
 * small files beside them. What is missing because the node never had it is well; what is missing
 * because it was lost is not. Holds the folder's lock meanwhile, so that no node starts on it.
 *
 * <p>Memory does not grow with what is stored. Beside the folder, the system's folder for temporary
 * files takes copies of RocksDB's small files.
 */
public final class FolderCheck {
  private final Path root;
  private final Findings findings;
  private final Disk disk = Disk.real();

  private FolderCheck(Path root, Findings findings) {
    this.root = root;
    this.findings = findings;
  }

  /** A group's store: what there is of it, and where it is. */
  private record Looked(Optional<Path> folder, Optional<LogPosition> applied, Optional<Long> end) {
    /** Everything that its log holds is applied. */
    boolean isCaughtUp() {
      return applied.isPresent() && end.isPresent() && end.get() <= applied.get().index();
    }
  }

  /**
   * Reads everything. May take as long as reading all bytes once.
   *
   * @throws IOException the folder is no data folder, or a process uses it
   */
  public static void run(Path root, Findings findings) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is no folder");
    }
    try (AutoCloseable _ = DataFolder.holdUnused(root)) {
      new FolderCheck(root, findings).checkAll();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the lock of " + root + " cannot be released", e);
    }
  }

  private void checkAll() throws IOException {
    checkScrubNote();
    Optional<NodeIdentity> identity = identity();
    if (identity.isEmpty()) {
      checkStrangers();
      return;
    }
    Optional<NodeIdentity.Membership> membership = identity.get().membership();
    findings.say(
        "identity: node %s, peer %s, %s"
            .formatted(
                identity.get().nodeId(),
                identity.get().peerId(),
                membership.map(in -> "cluster " + in.clusterId()).orElse("in no cluster")));
    if (membership.isEmpty()) {
      return;
    }
    LogCheck logs = new LogCheck(root, identity.get(), findings);
    boolean alone = membership.get().founders().size() == 1;
    try (RocksMemory memory = new RocksMemory()) {
      Looked catalog = check(GroupName.CATALOG, membership.get().groupsMade(), memory, logs);
      for (GroupName group : membership.get().groups()) {
        if (group.isCatalog()) {
          continue;
        }
        Looked chunks = check(group, membership.get().groupsMade(), memory, logs);
        if (catalog.applied.isPresent() && chunks.applied.isPresent()) {
          new PlacementCheck(catalog.folder.orElseThrow(), memory, findings)
              .run(
                  group,
                  chunks.folder.orElseThrow(),
                  alone && catalog.isCaughtUp() && chunks.isCaughtUp());
        }
      }
    }
  }

  private Optional<NodeIdentity> identity() {
    try {
      Optional<NodeIdentity> identity = DataFolder.identityIn(root);
      if (identity.isEmpty()) {
        findings.add(root.resolve("identity"), "is missing");
      }
      return identity;
    } catch (IOException e) {
      findings.add(root.resolve("identity"), Findings.words(e));
      return Optional.empty();
    }
  }

  private void checkScrubNote() throws IOException {
    if (!ScrubNote.isWhole(disk, root)) {
      findings.note(root.resolve("scrub"), "makes no sense; the next scrub begins anew");
    }
  }

  /** Checks the stores of a folder whose owner is not known. */
  private void checkStrangers() throws IOException {
    findings.note(root.resolve("raft"), "not checked: it is not known whose logs these are");
    try (RocksMemory memory = new RocksMemory()) {
      for (GroupName group : groupsThere()) {
        var _ = checkStore(group, storeOf(group), memory);
      }
    }
  }

  private List<GroupName> groupsThere() throws IOException {
    List<GroupName> groups = new ArrayList<>();
    if (disk.isFolder(storeOf(GroupName.CATALOG))) {
      groups.add(GroupName.CATALOG);
    }
    Path chunks = root.resolve("chunks");
    if (disk.isFolder(chunks)) {
      for (Path each : disk.list(chunks)) {
        if (String.valueOf(each.getFileName()).matches("[1-9][0-9]?")) {
          groups.add(GroupName.chunks(Integer.parseInt(String.valueOf(each.getFileName()))));
        }
      }
    }
    return groups;
  }

  private Path storeOf(GroupName group) {
    return group.isCatalog()
        ? root.resolve("catalog")
        : root.resolve("chunks").resolve(Integer.toString(group.chunkGroup()));
  }

  private Looked check(GroupName group, boolean used, RocksMemory memory, LogCheck logs)
      throws IOException {
    Optional<Path> folder = folderThatCounts(storeOf(group), used);
    Optional<LogPosition> applied = Optional.empty();
    Optional<LogAudit.Store> store = Optional.empty();
    if (folder.isPresent()) {
      applied = checkStore(group, folder.get(), memory);
      LogPosition installed =
          new SnapshotSwap(disk, folder.get())
              .installed()
              .map(SnapshotManifest::position)
              .orElse(LogPosition.START);
      store = applied.map(at -> new LogAudit.Store(at, installed));
    } else if (!used) {
      store = Optional.of(new LogAudit.Store(LogPosition.START, LogPosition.START));
    }
    return new Looked(folder, applied, logs.run(group, store));
  }

  private Optional<LogPosition> checkStore(GroupName group, Path folder, RocksMemory memory)
      throws IOException {
    return group.isCatalog()
        ? new CatalogCheck(folder, memory, findings).run()
        : new ChunksCheck(folder, group, memory, findings).run();
  }

  /** The folder that the next start will use; empty where there is none that may be. */
  private Optional<Path> folderThatCounts(Path live, boolean used) throws IOException {
    SnapshotSwap swap = new SnapshotSwap(disk, live);
    Path next = beside(live, ".next");
    Path old = beside(live, ".old");
    if (disk.exists(SnapshotSwap.staging(live))) {
      findings.note(SnapshotSwap.staging(live), "a snapshot that is being received");
    }
    if (disk.exists(old)) {
      findings.note(old, "was replaced by a snapshot, and is deleted at the next start");
    }
    if (disk.exists(next)) {
      if (swap.decided().isEmpty()) {
        findings.add(next, "a snapshot is to take the store's place, and is not whole");
      } else {
        findings.note(next, "a snapshot that takes the store's place at the next start");
        return Optional.of(next);
      }
    }
    Optional<String> condemned = StoreCondemnation.read(disk, live);
    if (condemned.isPresent()) {
      findings.add(StoreCondemnation.markOf(live), "the store is given up: " + condemned.get());
      return Optional.empty();
    }
    if (isFilled(live)) {
      return Optional.of(live);
    }
    if (!disk.exists(live) && isFilled(old)) {
      return Optional.of(old);
    }
    if (used) {
      findings.add(live, "the store is missing");
    }
    return Optional.empty();
  }

  /** True where a store's folder is there with anything in it. */
  private boolean isFilled(Path folder) throws IOException {
    return disk.isFolder(folder) && !disk.list(folder).isEmpty();
  }

  private static Path beside(Path live, String suffix) {
    return live.resolveSibling(live.getFileName() + suffix);
  }
}
