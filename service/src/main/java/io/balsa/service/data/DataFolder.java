package io.balsa.service.data;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.replica.StoreRebuild;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node's data folder, held by a lock while it is open:
 *
 * <pre>
 * identity            who owns it
 * lock                held while a process uses it
 * raft/               Ratis logs, a folder a group
 * catalog/            the catalog's RocksDB
 * chunks/&lt;number&gt;/    packs and index of a chunk group
 * pulse               4 KiB that are written again and again, to see how fast the disk is
 * reserve             space kept back, given up when a start needs it
 * scrub               where the scrub is
 * watermark           how far the Ratis logs were when they were forced last
 * neighbours/         what other members told of their logs, kept for them
 * rejoin/             marks of replicas that lost their logs and are not back yet
 * outgoing/           snapshots for other members, while they fetch them; emptied at start
 * quarantine/         damaged stores and logs, for whoever wants to know why; may be deleted
 * </pre>
 *
 * <p>Beside {@code catalog} and {@code chunks/<number>} there may be folders of their names with
 * {@code .staging}, {@code .next} or {@code .old} at the end: a snapshot that takes their place;
 * and a file with {@code .condemned} at the end: the mark of a store that is lost.
 *
 * <p>Thread-safe.
 */
public final class DataFolder implements AutoCloseable {
  private final Disk disk;
  private final Path root;
  private final FileChannel lockFile;
  private final AtomicLong outgoing = new AtomicLong();
  private NodeIdentity identity;

  private DataFolder(Disk disk, Path root, FileChannel lockFile, NodeIdentity identity) {
    this.disk = disk;
    this.root = root;
    this.lockFile = lockFile;
    this.identity = identity;
  }

  /**
   * Opens a node's folder; makes it, and a new incarnation, where there is none.
   *
   * @param nodeId must be the folder's
   * @param random for a new peer id
   * @throws IOException it belongs to another node, another process uses it, or it cannot be used;
   *     the message says what to do
   */
  public static DataFolder open(Path root, String nodeId, RandomGenerator random)
      throws IOException {
    return open(Disk.real(), root, nodeId, random);
  }

  static DataFolder open(Disk disk, Path root, String nodeId, RandomGenerator random)
      throws IOException {
    disk.createFolders(root);
    FileChannel lockFile = lock(root);
    try {
      DataFolder folder =
          new DataFolder(disk, root, lockFile, identityOf(disk, root, nodeId, random));
      folder.emptyOutgoing();
      return folder;
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  /**
   * Who owns a folder, without opening it; empty where it has no identity.
   *
   * @throws IOException the identity cannot be read, or is damaged
   */
  public static Optional<NodeIdentity> identityIn(Path root) throws IOException {
    return IdentityFile.read(Disk.real(), root.resolve("identity"));
  }

  /**
   * Keeps every node away from a folder until the answer is closed. Changes nothing in it.
   *
   * @throws IOException a node uses it
   */
  public static AutoCloseable holdUnused(Path root) throws IOException {
    Path file = root.resolve("lock");
    if (!Files.exists(file)) {
      return () -> {};
    }
    return locked(root, FileChannel.open(file, StandardOpenOption.READ), true);
  }

  private static FileChannel lock(Path root) throws IOException {
    return locked(
        root,
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        false);
  }

  private static FileChannel locked(Path root, FileChannel channel, boolean shared)
      throws IOException {
    try {
      @Nullable FileLock held = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
    }
    channel.close();
    throw new IOException("data folder " + root + " is in use by another node");
  }

  private static NodeIdentity identityOf(
      Disk disk, Path root, String nodeId, RandomGenerator random) throws IOException {
    Path file = root.resolve("identity");
    Optional<NodeIdentity> known = IdentityFile.read(disk, file);
    if (known.isEmpty()) {
      requireNoReplicas(root);
      String peerId = nodeId + "." + HexFormat.of().toHexDigits(random.nextLong());
      NodeIdentity made = new NodeIdentity(nodeId, peerId, Optional.empty());
      IdentityFile.write(disk, file, made);
      return made;
    }
    if (!known.get().nodeId().equals(nodeId)) {
      throw new IOException(
          "data folder " + root + " belongs to node " + known.get().nodeId() + ", not " + nodeId);
    }
    return known.get();
  }

  private static void requireNoReplicas(Path root) throws IOException {
    if (Files.exists(root.resolve("raft"))) {
      throw new IOException(
          "data folder "
              + root
              + " has replicas but no identity: restore the identity file; with an empty folder the"
              + " node is another one, which its cluster does not know");
    }
  }

  /** Who owns the folder. */
  public synchronized NodeIdentity identity() {
    return identity;
  }

  /** Notes the cluster; durable on return. */
  public synchronized void join(NodeIdentity.Membership membership) throws IOException {
    NodeIdentity joined = identity.in(membership);
    IdentityFile.write(disk, root.resolve("identity"), joined);
    identity = joined;
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** What the disk's pulse writes. */
  public Path pulse() {
    return root.resolve("pulse");
  }

  /** What keeps space back. */
  public Path reserve() {
    return root.resolve("reserve");
  }

  /** Ratis logs. */
  public Path raft() {
    return root.resolve("raft");
  }

  /** How far the Ratis logs were. */
  public Path watermark() {
    return root.resolve("watermark");
  }

  /** What other members told of their logs. */
  public Path neighbours() {
    return root.resolve("neighbours");
  }

  /** Marks of replicas that lost their logs. */
  public Path rejoin() {
    return root.resolve("rejoin");
  }

  /** The mark of a replica that lost its log. */
  public Path rejoin(GroupName group) {
    return rejoin().resolve(group.text());
  }

  /** Where damaged stores and logs are kept. */
  public Path quarantine() {
    return root.resolve("quarantine");
  }

  /** The catalog's store. */
  public Path catalog() {
    return root.resolve("catalog");
  }

  /** A chunk group's packs and index. */
  public Path chunks(GroupName group) {
    return root.resolve("chunks").resolve(Integer.toString(group.chunkGroup()));
  }

  /** A folder that does not exist yet, for a snapshot that another member fetches. */
  public Path newOutgoing() {
    return root.resolve("outgoing").resolve(Long.toString(outgoing.incrementAndGet()));
  }

  /**
   * A replica's parts: its store, and the log of the Raft group with an id.
   *
   * @param forced the last entry that the log ever forced
   */
  public StoreRebuild.Store store(GroupName group, String groupId, LogPosition forced) {
    return new StoreRebuild.Store(
        group,
        group.isCatalog() ? catalog() : chunks(group),
        raft().resolve(groupId).resolve("current"),
        forced);
  }

  private void emptyOutgoing() throws IOException {
    Path folder = root.resolve("outgoing");
    if (!disk.exists(folder)) {
      disk.createFolder(folder);
    }
    // The folder itself stays: on a full disk it could not be made again.
    for (Path left : disk.list(folder)) {
      disk.deleteTree(left);
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
