package io.balsa.service.check;

import io.balsa.model.GroupName;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.data.DataFolder;
import io.balsa.service.data.NodeIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks a whole data folder, part by part: identity, catalog, chunk groups, Raft logs. What is
 * missing because the node never had it is well; what is missing because it was lost is not.
 */
public final class FolderCheck {
  private final Path root;
  private final Findings findings;

  private FolderCheck(Path root, Findings findings) {
    this.root = root;
    this.findings = findings;
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
    DataFolder.requireUnused(root);
    new FolderCheck(root, findings).checkAll();
  }

  private void checkAll() throws IOException {
    Optional<NodeIdentity> identity = identity();
    if (identity.isEmpty()) {
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
    try (RocksMemory memory = new RocksMemory()) {
      for (GroupName group : membership.get().groups()) {
        checkGroup(group, memory);
      }
    }
  }

  private Optional<NodeIdentity> identity() {
    try {
      Optional<NodeIdentity> identity = DataFolder.identityIn(root);
      if (identity.isEmpty()) {
        findings.add(root, "has no identity file");
      }
      return identity;
    } catch (IOException e) {
      findings.add(root.resolve("identity"), Findings.words(e));
      return Optional.empty();
    }
  }

  private void checkGroup(GroupName group, RocksMemory memory) throws IOException {
    if (group.isCatalog()) {
      Path folder = root.resolve("catalog");
      if (isThere(folder, group)) {
        new CatalogCheck(folder, memory, findings).run();
      }
    }
  }

  private boolean isThere(Path folder, GroupName group) throws IOException {
    if (!Files.isDirectory(folder)) {
      findings.add(folder, "the store of " + group + " is missing");
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isEmpty()) {
        findings.add(folder, "the store of " + group + " is empty");
        return false;
      }
    }
    return true;
  }
}
