package io.balsa.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Nodes n1, n2, ... in processes of their own, each with a folder and a file of what it printed.
 * Ends the processes that it started and no others. One thread at a time.
 */
public final class ProcessCluster implements AutoCloseable {
  /** Long enough for a busy machine. */
  public static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final Shape shape;
  private final Map<String, Ports> ports = new TreeMap<>();
  private final Map<String, NodeProcess> processes = new TreeMap<>();

  private record Ports(int client, int peer) {}

  /**
   * How the nodes are made.
   *
   * @param heap each node's largest heap, as {@code -Xmx} takes it
   * @param chunkGroups of the cluster
   * @param dataFolder where each node makes its data folder
   * @param settings more settings of each node, as {@code key=value}
   * @param environment more variables of each node's processes
   */
  public record Shape(
      String heap,
      int chunkGroups,
      Path dataFolder,
      List<String> settings,
      Map<String, String> environment) {
    /** With no more variables. */
    public Shape(String heap, int chunkGroups, Path dataFolder, List<String> settings) {
      this(heap, chunkGroups, dataFolder, settings, Map.of());
    }
  }

  private ProcessCluster(Path folder, Shape shape) {
    this.folder = folder;
    this.shape = shape;
  }

  /**
   * Starts nodes and forms a cluster of them.
   *
   * @param heap each node's largest heap, as {@code -Xmx} takes it
   */
  public static ProcessCluster form(Path folder, int nodes, String heap) {
    return form(folder, nodes, shape(folder, heap));
  }

  private static Shape shape(Path folder, String heap) {
    return new Shape(heap, 3, folder, List.of());
  }

  /** Starts nodes of a shape and forms a cluster of them. */
  public static ProcessCluster form(Path folder, int nodes, Shape shape) {
    ProcessCluster cluster = start(folder, nodes, shape);
    try (BalsaClient client = cluster.client()) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  client
                      .cluster()
                      .init(cluster.endpoints(), shape.chunkGroups, InitListener.NONE)
                      .isYes());
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** Starts nodes that belong to no cluster yet. */
  public static ProcessCluster start(Path folder, int nodes, String heap) {
    return start(folder, nodes, shape(folder, heap));
  }

  private static ProcessCluster start(Path folder, int nodes, Shape shape) {
    ProcessCluster cluster = new ProcessCluster(folder, shape);
    for (int number = 1; number <= nodes; number++) {
      cluster.ports.put("n" + number, new Ports(freePort(), freePort()));
    }
    cluster.nodes().forEach(cluster::start);
    return cluster;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node that is down. */
  public void start(String node) {
    start(node, Map.of());
  }

  /** Starts a node that is down, with variables of its own beside those of all nodes. */
  public void start(String node, Map<String, String> variables) {
    List<String> arguments = new ArrayList<>(List.of("server", "--config", config(node) + ""));
    shape.settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    Map<String, String> all = new TreeMap<>(shape.environment);
    all.putAll(variables);
    processes.put(node, NodeProcess.start(output(node), shape.heap, all, arguments));
  }

  /** What a node's processes print. */
  public Path output(String node) {
    return folder.resolve(node + ".log");
  }

  /** The temporary folder of a node's processes. */
  public Path temporary(String node) {
    return NodeProcess.temporary(output(node));
  }

  /** A node's settings, in a file. */
  public Path config(String node) {
    Ports own = ports.get(node);
    return write(
        node + ".yaml",
        """
        node:
          id: %s
          data-dir: %s
        listen:
          client-port: %d
          peer-port: %d
        chunks:
          window-bytes: 33554432
        memory:
          rocksdb-cache-bytes: 16777216
          rocksdb-write-buffer-bytes: 16777216
        """
            .formatted(node, dataDir(node), own.client, own.peer));
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node's data folder. */
  public Path dataDir(String node) {
    return shape.dataFolder.resolve(node);
  }

  /** The process of a node. */
  public NodeProcess process(String node) {
    return processes.get(node);
  }

  /** SIGKILL for all nodes at once, as far as processes can be killed at once. */
  public void killAll() {
    List<Thread> killers = new ArrayList<>();
    for (NodeProcess process : processes.values()) {
      killers.add(Thread.ofPlatform().start(process::kill));
    }
    for (Thread killer : killers) {
      try {
        killer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Ids of all nodes, up or down. */
  public List<String> nodes() {
    return List.copyOf(ports.keySet());
  }

  /** Where a client reaches a node. */
  public Endpoint endpoint(String node) {
    return new Endpoint("127.0.0.1", ports.get(node).client);
  }

  /** Where a client reaches the nodes. */
  public List<Endpoint> endpoints() {
    return nodes().stream().map(this::endpoint).toList();
  }

  /** A client of all nodes; the caller closes it. */
  public BalsaClient client() {
    return BalsaClient.connect(ClientOptions.of(endpoints()).withDeadline(PATIENCE));
  }

  /** Waits for a leader of a group, such as "catalog", and names it. */
  public String awaitLeader(BalsaClient client, String group) {
    return await()
        .atMost(PATIENCE)
        .until(() -> leader(client, group), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> leader(BalsaClient client, String group) {
    return reachable(client)
        .filter(
            status ->
                status.replicas().stream()
                    .anyMatch(
                        replica ->
                            replica.group().equals(group) && replica.role() == GroupRole.LEADER))
        .map(status -> status.identity().nodeId())
        .findFirst();
  }

  private static Stream<NodeStatus.Reachable> reachable(BalsaClient client) {
    return client.cluster().status().stream()
        .filter(NodeStatus.Reachable.class::isInstance)
        .map(NodeStatus.Reachable.class::cast);
  }

  /** Waits until all nodes are up and each of their replicas knows a leader. */
  public void awaitAllUp(BalsaClient client) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                reachable(client)
                        .flatMap(status -> status.replicas().stream())
                        .filter(replica -> !replica.leaderNodeId().isEmpty())
                        .count()
                    == (long) nodes().size() * (shape.chunkGroups + 1));
  }

  /** Waits until all nodes are up and hold the same state of every group. */
  public void awaitSameState(BalsaClient client) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, List<String>> states = new TreeMap<>();
              reachable(client)
                  .forEach(status -> states.put(status.identity().nodeId(), stateOf(status)));
              assertThat(states).containsOnlyKeys(nodes());
              assertThat(states.values()).as("%s", states).containsOnly(states.get("n1"));
              assertThat(states.get("n1")).hasSize(shape.chunkGroups + 1);
            });
  }

  private static List<String> stateOf(NodeStatus.Reachable status) {
    return status.replicas().stream().map(ProcessCluster::stateOf).sorted().toList();
  }

  private static String stateOf(ReplicaReport replica) {
    return replica.group() + "@" + replica.digestIndex() + "=" + replica.digest();
  }

  /** Forms the cluster again, or another one; what came of it. */
  public Result<?> init(BalsaClient client, List<Endpoint> endpoints) {
    return client.cluster().init(endpoints, shape.chunkGroups, InitListener.NONE);
  }

  @Override
  public void close() {
    processes.values().forEach(NodeProcess::close);
  }
}
