package io.balsa.chaos.crash;

import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Three nodes under load, as a round of installs handles them.
 *
 * @param cluster of which the caller keeps the ownership
 * @param client of all nodes
 * @param load that goes on
 */
record InstallRig(ProcessCluster cluster, BalsaClient client, InstallLoad load) {
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?([0-9]+).*");

  /** So many writes that each group has entries which the absent one misses. */
  private static final int MISSED_WRITES = 10;

  /** What a node's process before the last one printed. */
  static Path before(ProcessCluster cluster, String node) {
    Path output = cluster.output(node);
    return output.resolveSibling(output.getFileName() + ".before");
  }

  /** Starts a node that is down, with an output of its own. */
  void start(String node, Map<String, String> environment) {
    try {
      Files.move(cluster.output(node), before(cluster, node), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster.start(node, environment);
  }

  void kill(String node) {
    cluster.process(node).kill();
  }

  /** A node's files of an install of a store. */
  InstallFiles files(String node, String store) {
    return new InstallFiles(cluster.dataDir(node).resolve(store));
  }

  List<String> others(String node) {
    return cluster.nodes().stream().filter(other -> !other.equals(node)).toList();
  }

  /**
   * Kills a node, and has the others go on until their logs begin behind its last entry. They are
   * killed together and started again: so they forget for whom they held their logs, and the new
   * term closes a segment, which can then be purged.
   *
   * @param environment of the others from then on
   * @return for each store an index that the node's log does not reach
   */
  Map<String, Long> leaveBehind(String node, Map<String, String> environment) {
    kill(node);
    load.awaitMore(MISSED_WRITES);
    Map<String, Long> reached = new TreeMap<>();
    Map<String, String> logs = new TreeMap<>();
    for (ReplicaReport replica : replicas()) {
      String store = replica.group().equals("catalog") ? "catalog" : "chunks/1";
      reached.merge(store, replica.position().appliedIndex(), Math::max);
      logs.put(store, replica.groupId());
    }
    List<String> others = others(node);
    others.forEach(this::kill);
    others.forEach(other -> start(other, environment));
    load.awaitMore(MISSED_WRITES);
    await()
        .atMost(ProcessCluster.PATIENCE)
        .until(
            () -> {
              load.requireGoingOn();
              for (String other : others) {
                for (String store : InstallRun.STORES) {
                  if (firstIndex(other, logs.get(store)) <= reached.get(store)) {
                    return false;
                  }
                }
              }
              return true;
            });
    return reached;
  }

  /** The groups of the lost stores that a node keeps. */
  List<String> quarantined(String node) throws IOException {
    Path quarantine = cluster.dataDir(node).resolve("quarantine");
    if (!Files.exists(quarantine)) {
      return List.of();
    }
    try (Stream<Path> kept = Files.list(quarantine)) {
      return kept.map(path -> path.getFileName().toString().replaceFirst("[^-]*-", "")).toList();
    }
  }

  private List<ReplicaReport> replicas() {
    return client.cluster().status().stream()
        .filter(NodeStatus.Reachable.class::isInstance)
        .flatMap(status -> ((NodeStatus.Reachable) status).replicas().stream())
        .toList();
  }

  private long firstIndex(String node, String groupId) throws IOException {
    Path log = cluster.dataDir(node).resolve("raft").resolve(groupId).resolve("current");
    try (Stream<Path> files = Files.list(log)) {
      return files
          .map(file -> SEGMENT.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .min()
          .orElse(0);
    }
  }
}
