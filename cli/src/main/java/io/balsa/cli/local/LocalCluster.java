package io.balsa.cli.local;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Three nodes in a folder. Ends only what it started. Thread-safe. */
public final class LocalCluster implements AutoCloseable {
  /** How many. */
  public static final int NODES = 3;

  private static final int STARTS_MAX = 4;
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration ANSWER_MAX = Duration.ofMillis(500);
  private static final Duration STOP_MAX = Duration.ofSeconds(10);
  private static final int LOG_LINES = 8;

  private final List<NodeProcess> nodes;

  private LocalCluster(List<NodeProcess> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** A folder and free ports for three nodes; nothing runs yet. */
  static LocalCluster prepare(Path folder, NodeCommand command) throws IOException {
    List<Integer> ports = FreePorts.find(2 * NODES);
    List<NodeProcess> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      String id = "n" + (i + 1);
      int peerPort = ports.get(2 * i);
      int clientPort = ports.get(2 * i + 1);
      nodes.add(new NodeProcess(id, folder.resolve(id), command, peerPort, clientPort));
    }
    return new LocalCluster(nodes);
  }

  /**
   * Starts all three and waits until each of them answers. Where a port was taken meanwhile, all
   * begin anew with others.
   *
   * @param connect makes a client
   * @param begun is told of the nodes before they run, so that somebody can end them at any time
   * @throws LocalFailed if they do not come up
   */
  public static LocalCluster start(
      Path folder,
      NodeCommand command,
      Function<ClientOptions, BalsaClient> connect,
      Pace pace,
      Consumer<LocalCluster> begun)
      throws IOException, InterruptedException {
    // A client needs an address to begin with; this one only asks those that it is given.
    Endpoint anywhere = new Endpoint("127.0.0.1", FreePorts.find(1).getFirst());
    ClientOptions any = ClientOptions.of(List.of(anywhere)).withDeadline(ANSWER_MAX);
    try (BalsaClient asker = connect.apply(any)) {
      return startAll(
          folder, command, endpoint -> asker.cluster().identity(endpoint).isYes(), pace, begun);
    }
  }

  private static LocalCluster startAll(
      Path folder,
      NodeCommand command,
      Predicate<Endpoint> answers,
      Pace pace,
      Consumer<LocalCluster> begun)
      throws IOException, InterruptedException {
    for (int tries = 1; tries <= STARTS_MAX; tries++) {
      LocalCluster cluster = prepare(folder, command);
      begun.accept(cluster);
      for (NodeProcess node : cluster.nodes) {
        node.start();
      }
      if (cluster.awaitAll(answers, pace)) {
        return cluster;
      }
      for (NodeProcess node : cluster.nodes) {
        node.kill();
        delete(node.folder());
      }
    }
    throw new LocalFailed("no free ports in " + STARTS_MAX + " tries");
  }

  /** False where a node lost its port to somebody else. */
  private boolean awaitAll(Predicate<Endpoint> answers, Pace pace)
      throws IOException, InterruptedException {
    Pace.Deadline deadline = pace.deadline(START_MAX);
    for (NodeProcess node : nodes) {
      while (!answers.test(node.endpoint())) {
        if (!node.isAlive()) {
          if (node.lostItsPort()) {
            return false;
          }
          throw new LocalFailed(node.id() + " ended while it started" + tail(node));
        }
        if (deadline.isOver()) {
          throw new LocalFailed(node.id() + " does not answer" + tail(node));
        }
        pace.rest();
      }
    }
    return true;
  }

  /**
   * Starts a node again, on its old ports.
   *
   * @throws LocalFailed if it does not come up
   */
  public void restart(NodeProcess node, Predicate<Endpoint> answers, Pace pace)
      throws IOException, InterruptedException {
    Pace.Deadline deadline = pace.deadline(START_MAX);
    node.start();
    while (!answers.test(node.endpoint())) {
      if (deadline.isOver()) {
        throw new LocalFailed(node.id() + " does not answer" + tail(node));
      }
      if (!node.isAlive()) {
        if (!node.lostItsPort()) {
          throw new LocalFailed(node.id() + " ended while it started" + tail(node));
        }
        node.start();
      }
      pace.rest();
    }
  }

  private static String tail(NodeProcess node) {
    StringBuilder text = new StringBuilder("; its log ends with:");
    node.logTail(LOG_LINES).forEach(line -> text.append("\n    ").append(line));
    return text.toString();
  }

  /** All nodes, in the order of their names. */
  public List<NodeProcess> nodes() {
    return nodes;
  }

  /** Where clients reach them. */
  public List<Endpoint> endpoints() {
    return nodes.stream().map(NodeProcess::endpoint).toList();
  }

  /** The node of this name. */
  public NodeProcess node(String id) throws LocalFailed {
    return nodes.stream()
        .filter(node -> node.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new LocalFailed("the cluster tells of a node '" + id + "'"));
  }

  /** Ends all nodes: asks first, then kills. */
  @Override
  public void close() {
    nodes.forEach(NodeProcess::ask);
    for (NodeProcess node : nodes) {
      if (!node.awaitEnd(STOP_MAX)) {
        node.kill();
      }
    }
  }

  /** Ends all nodes at once, and lets none begin any more. */
  public void retire() {
    nodes.forEach(NodeProcess::retire);
  }

  /**
   * Deletes a folder with all that is in it.
   *
   * @throws IOException if something of it cannot be deleted
   */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
