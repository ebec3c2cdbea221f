package io.balsa.service.cluster;

import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.model.GroupName;
import io.balsa.service.Node;
import io.balsa.service.config.ConfigLoader;
import io.balsa.service.config.ConfigProblem;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.consensus.Member;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.service.grpc.PeerLinks;
import io.grpc.ClientInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Real nodes with real sockets and disks in the test's own process. {@link #kill} drops a node
 * without hand-over; a true SIGKILL needs processes of their own, which chaos-tests have.
 *
 * <p>One thread at a time.
 */
public final class LocalCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final List<String> settings;
  private final List<ClientInterceptor> taps;
  private final Links links = new Links();
  private final Map<String, NodeConfig> configs = new TreeMap<>();
  private final Map<String, Node> running = new TreeMap<>();
  private final Map<String, NodeCalls> calls = new ConcurrentHashMap<>();
  private final Map<String, SlowDisk> disks = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private LocalCluster(Path folder, List<ClientInterceptor> taps, List<String> settings) {
    this.folder = folder;
    this.taps = taps;
    this.settings = settings;
  }

  /**
   * Starts and forms a cluster of nodes n1, n2, ... with three chunk groups. Every node holds the
   * first entries of each group then: Ratis counts the vote of a replica with an empty log only
   * where all members answer.
   *
   * @param settings "key=value", over settings that suit tests
   */
  public static LocalCluster start(Path folder, int nodes, String... settings) {
    return start(folder, nodes, List.of(), settings);
  }

  /**
   * As {@link #start(Path, int, String...)}.
   *
   * @param taps see every call of a node's front end to another's
   */
  public static LocalCluster start(
      Path folder, int nodes, List<ClientInterceptor> taps, String... settings) {
    LocalCluster cluster = new LocalCluster(folder, taps, List.of(settings));
    for (int number = 1; number <= nodes; number++) {
      cluster.configs.put("n" + number, cluster.config("n" + number));
    }
    cluster.configs.keySet().forEach(cluster::restart);
    List<Member> members =
        cluster.running.values().stream().map(node -> node.identity().member()).toList();
    cluster.running.values().forEach(node -> node.initCluster(members, 3));
    cluster.awaitLeaders();
    cluster.awaitSameState();
    return cluster;
  }

  private NodeConfig config(String nodeId) {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "node.id=" + nodeId,
                    "node.data-dir=" + folder.resolve(nodeId),
                    "listen.client-port=" + freePort(),
                    "listen.peer-port=" + freePort(),
                    "disk.reserve-bytes=0",
                    "raft.election-timeout-min-ms=300",
                    "raft.election-timeout-max-ms=600",
                    "raft.first-election-timeout-min-ms=100",
                    "raft.first-election-timeout-max-ms=400"),
                settings.stream())
            .toList();
    try {
      return ConfigLoader.load(Optional.empty(), Map.of(), all);
    } catch (ConfigProblem e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a node that is down. */
  public void restart(String nodeId) {
    NodeConfig config = configs.get(nodeId);
    links.know(nodeId, config.listen().clientAddress());
    try {
      running.put(
          nodeId,
          Node.start(
              config,
              new Node.Surroundings(
                  (what, cause) -> failures.add(nodeId + ": " + what + ": " + cause),
                  PeerLinks.through(
                      Stream.concat(taps.stream(), Stream.of(links.of(nodeId)))
                          .toArray(ClientInterceptor[]::new)),
                  disks.computeIfAbsent(nodeId, _ -> new SlowDisk()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Drops a node without hand-over. */
  public void kill(String nodeId) {
    running.remove(nodeId).close();
  }

  /** Drops all nodes at once, without hand-over. */
  public void killAll() {
    List<Node> all = List.copyOf(running.values());
    running.clear();
    // Each waits a second for each of its Ratis logs.
    try (ExecutorService closers =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (Node node : all) {
        var _ = closers.submit(node::close);
      }
    }
  }

  /** Cuts a node off from the other nodes; clients still reach it. */
  public void isolate(String nodeId) {
    links.isolate(nodeId);
  }

  /** Mends all links. */
  public void heal() {
    links.heal();
  }

  /** Makes each force of the probe of a node's disk take so much longer; zero for no longer. */
  public void slowDisk(String nodeId, Duration longer) {
    disks.get(nodeId).slowBy(longer);
  }

  /** A running node. */
  public Node node(String nodeId) {
    return running.get(nodeId);
  }

  /** Ids of the running nodes. */
  public List<String> nodes() {
    return List.copyOf(running.keySet());
  }

  /** A node's client address. */
  public String address(String nodeId) {
    return configs.get(nodeId).listen().clientAddress();
  }

  /** Where a client reaches a node. */
  public Endpoint endpoint(String nodeId) {
    return Endpoint.parse(address(nodeId));
  }

  /** Calls to one node alone. Safe on every thread. */
  public NodeCalls calls(String nodeId) {
    return calls.computeIfAbsent(nodeId, id -> new NodeCalls(address(id)));
  }

  /** A client's options, with all nodes. */
  public ClientOptions clientOptions() {
    return ClientOptions.of(configs.keySet().stream().map(this::endpoint).toList());
  }

  /** The node at a client address. */
  public String nodeAt(String address) {
    return configs.keySet().stream()
        .filter(id -> address(id).equals(address))
        .findFirst()
        .orElseThrow();
  }

  /** A node's data folder. */
  public Path data(String nodeId) {
    return configs.get(nodeId).node().dataDir();
  }

  /** A client that knows all nodes; the caller closes it. */
  public BalsaClient client() {
    return BalsaClient.connect(clientOptions());
  }

  /** Waits until every group has a ready leader, and every running node knows it. */
  public void awaitLeaders() {
    await().atMost(PATIENCE).until(() -> groups().allMatch(name -> leader(name).isPresent()));
  }

  private Stream<GroupName> groups() {
    return Stream.of(
        GroupName.CATALOG, GroupName.chunks(1), GroupName.chunks(2), GroupName.chunks(3));
  }

  /** The running node that leads a group, where one says so and is not cut off. */
  public Optional<String> leader(GroupName group) {
    return running.entrySet().stream()
        .filter(entry -> !links.isIsolated(entry.getKey()))
        .filter(entry -> leads(entry.getValue(), group))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean leads(Node node, GroupName group) {
    return node.condition().replicas().stream()
        .anyMatch(
            replica -> replica.name().equals(group) && replica.role() == ClusterNode.Role.LEADER);
  }

  /** Waits for a leader of the catalog, and names it. */
  public String awaitLeader() {
    await().atMost(PATIENCE).until(() -> leader(GroupName.CATALOG).isPresent());
    return leader(GroupName.CATALOG).orElseThrow();
  }

  /** A running node that does not lead the catalog. */
  public String follower() {
    String leader = awaitLeader();
    return nodes().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  /** Waits until all running nodes hold the same state of every group. */
  public void awaitSameState() {
    await().atMost(PATIENCE).until(this::isSameState);
  }

  /** True where all running nodes hold the same state of every group now. */
  public boolean isSameState() {
    return states().distinct().count() == 1;
  }

  /** For each running node: applied index and digest of each group. */
  private Stream<List<String>> states() {
    return running.values().stream()
        .map(
            node -> {
              List<String> state = new ArrayList<>();
              for (ClusterNode.Replica replica : node.condition().replicas()) {
                state.add(
                    replica.name()
                        + "@"
                        + replica.state().digestIndex()
                        + "="
                        + replica.state().digest());
              }
              return state;
            });
  }

  /** What made nodes stop themselves. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** What made nodes stop themselves since the last call, for whoever plays their supervisor. */
  public List<String> takeFailures() {
    List<String> taken = new ArrayList<>();
    for (var next = failures.poll(); next != null; next = failures.poll()) {
      taken.add(next);
    }
    return taken;
  }

  @Override
  public void close() {
    heal();
    calls.values().forEach(NodeCalls::close);
    killAll();
  }
}
