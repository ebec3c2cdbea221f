package io.balsa.service.data;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
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
 * scrub               where the scrub is
 * outgoing/           snapshots for other members, while they fetch them; emptied at start
 * </pre>
 *
 * <p>Beside {@code catalog} and {@code chunks/<number>} there may be folders of their names with
 * {@code .staging}, {@code .next} or {@code .old} at the end: a snapshot that takes their place.
 *
 * <p>Thread-safe.
 */
public final class DataFolder implements AutoCloseable {
  private final Path root;
  private final FileChannel lockFile;
  private final AtomicLong outgoing = new AtomicLong();
  private NodeIdentity identity;

  private DataFolder(Path root, FileChannel lockFile, NodeIdentity identity) {
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
    Files.createDirectories(root);
    FileChannel lockFile = lock(root);
    try {
      DataFolder folder = new DataFolder(root, lockFile, identityOf(root, nodeId, random));
      folder.emptyOutgoing();
      return folder;
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
    }
    channel.close();
    throw new IOException("data folder " + root + " is in use by another node");
  }

  private static NodeIdentity identityOf(Path root, String nodeId, RandomGenerator random)
      throws IOException {
    Path file = root.resolve("identity");
    Optional<NodeIdentity> known = IdentityFile.read(file);
    if (known.isEmpty()) {
      requireNoReplicas(root);
      String peerId = nodeId + "." + HexFormat.of().toHexDigits(random.nextLong());
      NodeIdentity made = new NodeIdentity(nodeId, peerId, Optional.empty());
      IdentityFile.write(file, made);
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
              + " has replicas but no identity: restore the identity file, or"
              + " empty the folder and let the node join anew");
    }
  }

  /** Who owns the folder. */
  public synchronized NodeIdentity identity() {
    return identity;
  }

  /** Notes the cluster; durable on return. */
  public synchronized void join(NodeIdentity.Membership membership) throws IOException {
    NodeIdentity joined = identity.in(membership);
    IdentityFile.write(root.resolve("identity"), joined);
    identity = joined;
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** Ratis logs. */
  public Path raft() {
    return root.resolve("raft");
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

  private void emptyOutgoing() throws IOException {
    Path folder = root.resolve("outgoing");
    if (Files.exists(folder)) {
      Disk.real().deleteTree(folder);
    }
    Files.createDirectory(folder);
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
