package io.balsa.chaos.crash;

import static io.balsa.chaos.calls.Call.FORCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.calls.FaultyCalls;
import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.observe.Halt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes whose forces are slow, or never come back: those of Ratis, RocksDB and the JDK among
 * them. With {@code -Dcalls.all=true} a whole disk stalls, too, which takes 20 s.
 */
class SlowCallTest {
  private static final Duration SLOW = Duration.ofMillis(500);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final String LAST_WORDS = "balsa: the node stops: ";

  /** The shortest that an election allows. */
  private static final String STALL_MAX = "raft.slow-stop-ms=1000";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  @Timeout(300)
  void leadershipsLeaveANodeAllOfWhoseForcesAreSlowAndWritesGoOn() {
    FaultyCalls calls = FaultyCalls.install(folder);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, shape(calls, List.of()));
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        writers.awaitMore(20);
        String slow = cluster.awaitLeader(client, "catalog");
        var _ = writers.longestGap();
        long begin = System.nanoTime();
        FaultyCalls.Rule rule = calls.delay(EnumSet.of(FORCE), SLOW, "/" + slow + "/");
        await()
            .atMost(ProcessCluster.PATIENCE)
            .until(() -> problems(client, slow).contains("DISK_SLOW"));
        await().atMost(ProcessCluster.PATIENCE).until(() -> !leadsAnything(client, slow));
        System.err.printf(
            "forces of %s take %d ms: it leads nothing after %d ms, longest gap of writes %s%n",
            slow, SLOW.toMillis(), (System.nanoTime() - begin) / 1_000_000, writers.longestGap());
        assertThat(cluster.awaitLeader(client, "catalog")).isNotEqualTo(slow);
        writers.awaitMore(50);
        assertThat(rule.bites()).isPositive();
        rule.end();
        writers.finish();
        cluster.awaitSameState(client);
        for (String node : cluster.nodes()) {
          assertThat(cluster.process(node).isAlive()).as(node).isTrue();
          writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        }
      }
    }
  }

  @Test
  @Timeout(300)
  void aNodeWhoseForceNeverReturnsEndsWithOneClearLineAndComesBack() {
    FaultyCalls calls = FaultyCalls.install(folder);
    List<String> settings =
        Stream.concat(
                Stream.of(
                    STALL_MAX,
                    "raft.election-timeout-min-ms=300",
                    "raft.election-timeout-max-ms=600"),
                CrashRun.ALONE.stream())
            .toList();
    try (ProcessCluster cluster = ProcessCluster.form(folder, 1, shape(calls, settings));
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        writers.awaitMore(20);
        endByStall(cluster, calls, ".pack", "the Raft log of chunks-");
        writers.awaitMore(20);
        if (Boolean.getBoolean("calls.all")) {
          endByStall(cluster, calls, "/pulse", "the data disk stalls: ");
          writers.awaitMore(20);
        }
        writers.assertAllThere(ReadOptions.DEFAULT);
      }
    }
  }

  private static void endByStall(
      ProcessCluster cluster, FaultyCalls calls, String part, String says) {
    NodeProcess process = cluster.process("n1");
    int said = lastWords(process).size();
    FaultyCalls.Rule rule = calls.delay(EnumSet.of(FORCE), NEVER, part);
    assertThat(process.exitCode()).as("%s", process.printed()).isEqualTo(Halt.EXIT_CODE);
    System.err.printf(
        "a force of %s does not return: the process ends %d ms after it began%n",
        part, (System.nanoTime() - rule.firstBiteNanos().orElseThrow()) / 1_000_000);
    assertThat(lastWords(process)).hasSize(said + 1);
    assertThat(lastWords(process).getLast()).contains(says).contains("Timeout");
    rule.end();
    cluster.start("n1");
  }

  private static List<String> lastWords(NodeProcess process) {
    return process.printed().lines().filter(line -> line.startsWith(LAST_WORDS)).toList();
  }

  private ProcessCluster.Shape shape(FaultyCalls calls, List<String> more) {
    return new ProcessCluster.Shape(
        "256m",
        CrashRun.CHUNK_GROUPS,
        folder,
        Stream.concat(CrashRun.SETTINGS.stream(), more.stream()).toList(),
        calls.environment());
  }

  private static List<String> problems(BalsaClient client, String node) {
    return status(client, node)
        .flatMap(status -> status.health().problems().stream())
        .map(NodeStatus.Problem::code)
        .toList();
  }

  private static boolean leadsAnything(BalsaClient client, String node) {
    return status(client, node)
        .flatMap(status -> status.replicas().stream())
        .anyMatch(replica -> replica.role() == GroupRole.LEADER);
  }

  /** Fails where the node does not answer, so that silence is not taken for health. */
  private static Stream<NodeStatus.Reachable> status(BalsaClient client, String node) {
    List<NodeStatus.Reachable> found =
        client.cluster().status().stream()
            .filter(NodeStatus.Reachable.class::isInstance)
            .map(NodeStatus.Reachable.class::cast)
            .filter(status -> status.identity().nodeId().equals(node))
            .toList();
    assertThat(found).as("%s answers", node).hasSize(1);
    return found.stream();
  }
}
