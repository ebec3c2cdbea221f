package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.calls.FaultyCalls;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.observe.Halt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real nodes, of which one after the other has a file that the disk does not read any more,
 * wherever it is moved. That is damage like any other: the node takes what it had from the others,
 * while these serve, and no start ends as the one before.
 */
class UnreadableFileTest {
  private static final String LAST_WORDS = "balsa: the node stops: ";

  private static final Loss TABLES =
      new Loss("catalog", "[0-9]+\\.sst", "a lost store is replaced");

  /** What cannot be read at each start. */
  private static final List<List<Loss>> STARTS =
      List.of(
          List.of(
              TABLES,
              new Loss("chunks/1", "pack-[0-9]+\\.pack", "the last pack cannot be read whole"),
              new Loss("raft/.*/current", "raft-meta\\.conf", "is mended by its copy")),
          List.of(new Loss("raft/.*/current", "log_inprogress_[0-9]+", "is back as a voter")),
          List.of(new Loss("raft/.*/current", "raft-meta", "is back as a voter")));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  /**
   * Files that cannot be read.
   *
   * @param where their folder below the data folder
   * @param name of each
   * @param says what the node prints when it knows what to do about them
   */
  private record Loss(String where, String name, String says) {
    List<Path> files(Path data) throws IOException {
      try (Stream<Path> all = Files.walk(data)) {
        List<Path> found =
            all.filter(file -> data.relativize(file).toString().matches(where + "/" + name))
                .toList();
        return name.startsWith("pack") ? List.of(highest(found)) : found;
      }
    }
  }

  @Test
  @Timeout(300)
  void aNodeWithAFileThatCannotBeReadIsWholeAgainWithoutItAndTheOthersServe() throws Exception {
    FaultyCalls calls = FaultyCalls.install(folder);
    var shape =
        new ProcessCluster.Shape(
            "256m", CrashRun.CHUNK_GROUPS, folder, CrashRun.SETTINGS, calls.environment());
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, shape);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        writers.awaitMore(200);
        for (List<Loss> losses : STARTS) {
          String node = cluster.nodes().get(STARTS.indexOf(losses));
          loseAtAStart(losses, node, cluster, client, calls);
          writers.awaitMore(20);
          writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        }
        loseATableWhileItIsUsed(cluster, client, calls);
        writers.awaitMore(20);
        writers.finish();
        cluster.awaitSameState(client);
        for (String node : cluster.nodes()) {
          writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        }
      }
    }
  }

  private static void loseAtAStart(
      List<Loss> losses, String node, ProcessCluster cluster, BalsaClient client, FaultyCalls calls)
      throws IOException {
    cluster.process(node).kill();
    Map<Loss, List<FaultyCalls.Rule>> rules = new HashMap<>();
    for (Loss loss : losses) {
      assertThat(count(cluster, node, loss.says)).as("%s, before", loss).isZero();
      rules.put(loss, lose(calls, loss.files(cluster.dataDir(node))));
    }
    long begin = System.nanoTime();
    cluster.start(node);
    awaitWhole(cluster, client, node);
    System.err.printf(
        "%s: whole again after %d ms%n", losses, (System.nanoTime() - begin) / 1_000_000);
    rules.forEach(
        (loss, lost) -> {
          assertThat(lost).as("%s", loss).anyMatch(rule -> rule.bites() > 0);
          assertThat(count(cluster, node, loss.says)).as("%s", loss).isPositive();
        });
    assertThat(count(cluster, node, LAST_WORDS)).as("%s", losses).isZero();
  }

  /**
   * A compaction or the scrub meets it; the node ends once, and its next start has no such store.
   */
  private static void loseATableWhileItIsUsed(
      ProcessCluster cluster, BalsaClient client, FaultyCalls calls) throws IOException {
    String node = cluster.awaitLeader(client, "catalog");
    var _ = lose(calls, TABLES.files(cluster.dataDir(node)));
    var _ = client.nodes().scrub(cluster.endpoint(node), "catalog", 0, _ -> {});
    assertThat(cluster.process(node).exitCode()).isEqualTo(Halt.EXIT_CODE);
    assertThat(cluster.process(node).printed().lines())
        .filteredOn(line -> line.startsWith(LAST_WORDS))
        .singleElement()
        .asString()
        .contains("the store of catalog is given up", "Input/output error");
    cluster.start(node);
    awaitWhole(cluster, client, node);
    assertThat(count(cluster, node, LAST_WORDS)).isOne();
  }

  private static List<FaultyCalls.Rule> lose(FaultyCalls calls, List<Path> files) {
    assertThat(files).isNotEmpty();
    List<FaultyCalls.Rule> rules = new ArrayList<>();
    files.forEach(file -> rules.add(calls.loseReads(file)));
    return rules;
  }

  private static Path highest(List<Path> packs) {
    return packs.stream()
        .max(Comparator.comparingInt(pack -> Integer.parseInt(digits(pack))))
        .orElseThrow();
  }

  private static String digits(Path pack) {
    return pack.getFileName().toString().replaceAll("[^0-9]", "");
  }

  private static int count(ProcessCluster cluster, String node, String text) {
    return (int) cluster.process(node).printed().lines().filter(l -> l.contains(text)).count();
  }

  /** Waits until each replica of a node votes and knows a leader. */
  private static void awaitWhole(ProcessCluster cluster, BalsaClient client, String node) {
    await()
        .atMost(ProcessCluster.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(cluster.process(node).isAlive())
                  .as("%s", cluster.process(node).printed())
                  .isTrue();
              assertThat(client.cluster().status())
                  .filteredOn(NodeStatus.Reachable.class::isInstance)
                  .map(NodeStatus.Reachable.class::cast)
                  .filteredOn(status -> status.identity().nodeId().equals(node))
                  .flatExtracting(NodeStatus.Reachable::replicas)
                  .hasSize(CrashRun.CHUNK_GROUPS + 1)
                  .allSatisfy(replica -> assertThat(replica.absence()).isEmpty())
                  .allSatisfy(replica -> assertThat(replica.leaderNodeId()).isNotEmpty());
            });
  }
}
