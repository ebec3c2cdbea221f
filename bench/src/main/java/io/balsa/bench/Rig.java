package io.balsa.bench;

import io.balsa.cli.local.Convergence;
import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.NodeCommand;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.InitListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is measured: three nodes in a folder, formed to a cluster, and clients of it. Where the
 * process is told to end, whoever measures gets some seconds to say what it has; then the nodes end
 * in any case. Ends only what it started. Used by one thread.
 */
final class Rig implements AutoCloseable {
  private static final int CHUNK_GROUPS = 3;
  private static final int LOG_LINES = 15;
  private static final Duration CALL_MAX = Duration.ofSeconds(30);
  private static final Duration SCOUT_MAX = Duration.ofSeconds(2);
  private static final Duration LAST_WORDS = Duration.ofSeconds(20);
  private static final Duration BEAT = Duration.ofMillis(100);

  private final Path folder;
  private final boolean keep;
  private boolean passed;
  private final Pace pace = new Pace(System::nanoTime, BEAT);
  private final AtomicReference<@Nullable LocalCluster> begun = new AtomicReference<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "balsa-bench-hook");
  private final LocalCluster cluster;
  private final BalsaClient client;
  private final BalsaClient scout;
  private volatile boolean measuring;
  private volatile boolean interrupted;

  private Rig(Setup setup) throws IOException, InterruptedException {
    this.folder = setup.folder();
    this.keep = setup.keep();
    Runtime.getRuntime().addShutdownHook(hook);
    this.cluster = startNodes(setup.command());
    ClientOptions options = ClientOptions.of(cluster.endpoints()).withDeadline(CALL_MAX);
    this.client = BalsaClient.connect(options);
    this.scout = BalsaClient.connect(options.withDeadline(SCOUT_MAX));
    this.measuring = true;
  }

  private LocalCluster startNodes(NodeCommand command) throws IOException, InterruptedException {
    try {
      return LocalCluster.start(folder, command, BalsaClient::connect, pace, begun::set);
    } catch (IOException | InterruptedException | RuntimeException e) {
      end();
      throw e;
    }
  }

  private void end() {
    LocalCluster nodes = begun.get();
    if (nodes != null) {
      nodes.retire();
    }
  }

  /**
   * How it is set up.
   *
   * @param folder for all of its files: missing or empty
   * @param command starts a node
   * @param keep true: the files stay
   */
  record Setup(Path folder, NodeCommand command, boolean keep) {
    /** The same with these settings, where none of the same key was given. */
    Setup withDefaults(Map<String, String> settings) {
      Map<String, String> all = new HashMap<>(settings);
      all.putAll(command.settings());
      return new Setup(folder, command.with(all), keep);
    }
  }

  /** Starts the nodes and forms the cluster. */
  static Rig start(Setup setup) throws IOException, InterruptedException {
    Files.createDirectories(setup.folder());
    try (Stream<Path> files = Files.list(setup.folder())) {
      if (files.findAny().isPresent()) {
        throw new BenchFailed(setup.folder() + " is not empty");
      }
    }
    Rig rig = new Rig(setup);
    try {
      var _ =
          rig.client
              .cluster()
              .init(rig.cluster.endpoints(), CHUNK_GROUPS, InitListener.NONE)
              .orElseThrow();
      return rig;
    } catch (RuntimeException e) {
      rig.end();
      throw e;
    }
  }

  /** All is well. Without this the files stay, for whoever asks what went wrong. */
  void pass() {
    passed = true;
  }

  LocalCluster cluster() {
    return cluster;
  }

  /** For data. */
  BalsaClient client() {
    return client;
  }

  /** For looking at nodes; gives up soon. */
  BalsaClient scout() {
    return scout;
  }

  Pace pace() {
    return pace;
  }

  /** True once the process was told to end. */
  boolean isInterrupted() {
    return interrupted;
  }

  /** Which node has ended by itself, and its last words; not where all are told to end. */
  Optional<String> ended() throws InterruptedException {
    Optional<String> ended = lastWords();
    if (ended.isPresent()) {
      pace.rest(); // An interrupt from the keyboard reaches nodes first, perhaps.
    }
    return interrupted ? Optional.empty() : ended;
  }

  private Optional<String> lastWords() {
    return cluster.nodes().stream()
        .filter(node -> !node.isAlive())
        .findFirst()
        .map(
            node ->
                node.id()
                    + " has ended; its log ends with:\n    "
                    + String.join("\n    ", node.logTail(LOG_LINES)));
  }

  /** Starts a node again that has ended. */
  void restart(NodeProcess node) throws IOException, InterruptedException {
    cluster.restart(node, endpoint -> scout.cluster().identity(endpoint).isYes(), pace);
  }

  /**
   * Waits until all replicas hold the same.
   *
   * @throws BenchFailed if they do not in time, or never will
   */
  void awaitSameState(Duration atMost) throws IOException, InterruptedException {
    Pace.Deadline deadline = pace.deadline(atMost);
    while (true) {
      switch (Convergence.of(scout.cluster().status(), LocalCluster.NODES)) {
        case Convergence.Agreed _ -> {
          return;
        }
        case Convergence.Diverged(String what) ->
            throw new BenchFailed("replicas hold different states: " + what);
        case Convergence.Waiting(String what) -> {
          if (deadline.isOver()) {
            throw new BenchFailed("after " + atMost.toSeconds() + " s still: " + what);
          }
        }
      }
      pace.rest();
    }
  }

  private void interrupted() {
    interrupted = true;
    try {
      var _ = measuring && over.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  /** Ends the nodes; after a whole pass deletes their files, unless they are to stay. */
  @Override
  public void close() throws IOException {
    over.countDown();
    measuring = false;
    scout.close();
    client.close();
    cluster.close();
    if (!interrupted) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    if (passed && !keep && !interrupted) {
      for (NodeProcess node : cluster.nodes()) {
        LocalCluster.delete(node.folder());
      }
    }
  }
}
