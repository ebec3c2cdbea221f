package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Watermark;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage to the Raft files of a node that is down, while it alone shares acknowledged writes with
 * one other: nothing acknowledged is lost, nothing wrong is served, and the damaged replica does
 * not vote before its group's leader has taken it in again.
 */
class LogDamageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For both roles, and with and without the other holder. */
  private static final Set<LogDamage> TWICE =
      EnumSet.of(
          LogDamage.CUT_HALF, LogDamage.ZERO_TAIL, LogDamage.DELETE_FOLDER, LogDamage.OTHER_VOTE);

  @TempDir private Path folder;

  /** Paths that were acknowledged, with the seed of their bytes. */
  private final Map<String, Long> acknowledged = new TreeMap<>();

  private final Random random = new Random(7);

  private static BalsaClient client(LocalCluster cluster) {
    return BalsaClient.connect(
        cluster.clientOptions().withChunkBytes(64 << 10).withDeadline(Duration.ofSeconds(60)));
  }

  private static LocalCluster cluster(Path folder) {
    return LocalCluster.start(folder, 3, "chunks.chunk-bytes=65536");
  }

  private void put(BalsaClient client, String prefix, int count) throws IOException {
    for (int number = 0; number < count; number++) {
      String path = prefix + "/" + number;
      long seed = random.nextLong();
      client.objects().put("demo", path, Source.of(bytes(seed)), PutOptions.DEFAULT).orElseThrow();
      acknowledged.put(path, seed);
    }
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[100_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void everyNodeHas(BalsaClient client, LocalCluster cluster, String prefix) {
    acknowledged.forEach(
        (path, seed) -> {
          if (path.startsWith(prefix)) {
            for (String node : cluster.nodes()) {
              ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
              assertThat(get(client, path, GetOptions.DEFAULT.with(here)))
                  .as("%s on %s", path, node)
                  .isEqualTo(bytes(seed));
            }
          }
        });
  }

  /** A connection to a node that was down may fail once more before it is made anew. */
  private static byte[] get(BalsaClient client, String path, GetOptions options) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(
            problem ->
                problem instanceof RefusedException refused
                    && refused.refusal().code() == RefusalCode.UNAVAILABLE)
        .until(
            () -> {
              ByteArrayOutputStream read = new ByteArrayOutputStream();
              client.objects().get("demo", path, options, read).orElseThrow();
              return read.toByteArray();
            },
            _ -> true);
  }

  private static List<ClusterNode.Replica> replicas(LocalCluster cluster, String node) {
    return cluster.node(node).condition().replicas();
  }

  /** Waits until what a node has forced by now is in its watermark. */
  private static void awaitWatermark(LocalCluster cluster, String node) {
    List<ClusterNode.Replica> now = replicas(cluster, node);
    String peerId = cluster.node(node).identity().member().peerId();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              try (Watermark watermark =
                  Watermark.open(Disk.real(), cluster.data(node).resolve("watermark"), peerId)) {
                for (ClusterNode.Replica replica : now) {
                  assertThat(watermark.mark(replica.name()).orElseThrow().flushed().index())
                      .isGreaterThanOrEqualTo(replica.progress().commitIndex());
                }
              }
            });
  }

  private static Path raft(LocalCluster cluster, String node, String groupId) {
    return cluster.data(node).resolve("raft").resolve(groupId);
  }

  private static void awaitVoter(LocalCluster cluster, String node) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(replicas(cluster, node))
                    .allSatisfy(replica -> assertThat(replica.absence()).isEmpty()));
  }

  /** None of a node's replicas takes part. */
  private static void assertAbsent(LocalCluster cluster, String node) {
    assertThat(replicas(cluster, node))
        .hasSize(4)
        .allSatisfy(
            replica -> {
              assertThat(replica.absence()).isPresent();
              assertThat(replica.role()).isEqualTo(ClusterNode.Role.ABSENT);
            });
  }

  private static String other(LocalCluster cluster, String... not) {
    return cluster.nodes().stream()
        .filter(node -> !List.of(not).contains(node))
        .findFirst()
        .orElseThrow();
  }

  /**
   * One row: a third node is down while the victim and one other acknowledge writes; then the
   * victim is damaged.
   *
   * @param leads the victim leads the catalog
   * @param alone the other one is down when the victim and the third node, which lacks these
   *     writes, come back
   */
  private void row(
      LocalCluster cluster, BalsaClient client, LogDamage damage, boolean leads, boolean alone)
      throws IOException {
    String name = damage + (leads ? "-leader" : "-follower") + (alone ? "-alone" : "");
    System.err.println("row " + name);
    String leader = cluster.awaitLeader();
    String victim = leads ? leader : other(cluster, leader);
    String third = other(cluster, leader, victim);
    String keeper = other(cluster, victim, third);
    List<String> groups =
        replicas(cluster, victim).stream().map(ClusterNode.Replica::groupId).toList();
    Path older = folder.resolve("older").resolve(name);
    for (String group : groups) {
      LogDamage.copy(raft(cluster, victim, group), older.resolve(group));
    }
    cluster.kill(third);
    put(client, name, 6);
    awaitWatermark(cluster, victim);
    if (alone) {
      cluster.kill(keeper);
    }
    cluster.kill(victim);
    for (String group : groups) {
      damage.strike(raft(cluster, victim, group), older.resolve(group));
    }
    cluster.restart(victim);
    assertAbsent(cluster, victim);
    cluster.restart(third);
    if (alone) {
      // Two of three are up, and must not go on: one of them has forgotten.
      await()
          .during(Duration.ofSeconds(1))
          .atMost(PATIENCE)
          .untilAsserted(() -> assertAbsent(cluster, victim));
      assertThat(cluster.leader(GroupName.CATALOG)).isEmpty();
      cluster.restart(keeper);
    }
    cluster.awaitLeaders();
    awaitVoter(cluster, victim);
    put(client, name + "-after", 1);
    cluster.awaitSameState();
    everyNodeHas(client, cluster, name);
    assertThat(cluster.failures()).isEmpty();
  }

  @Test
  void aDamagedReplicaVotesOnlyWhenItIsTakenInAgainAndNothingIsLost() throws Exception {
    try (LocalCluster cluster = cluster(folder);
        BalsaClient client = client(cluster)) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      boolean leads = true;
      boolean alone = false;
      for (LogDamage damage : LogDamage.values()) {
        row(cluster, client, damage, leads, alone);
        if (TWICE.contains(damage)) {
          row(cluster, client, damage, !leads, !alone);
        }
        alone ^= leads;
        leads = !leads;
      }
      everyNodeHas(client, cluster, "");
    }
  }

  /** What Ratis 3.3.0 alone does here: it serves on, and the newest writes are gone. */
  @Test
  void aCutLogOfOneOfTwoHoldersBringsNoElectionUntilTheOtherIsBack() throws Exception {
    try (LocalCluster cluster = cluster(folder);
        BalsaClient client = client(cluster)) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String leader = cluster.awaitLeader();
      String victim = other(cluster, leader);
      String isolated = other(cluster, leader, victim);
      cluster.isolate(isolated);
      put(client, "kept", 40);
      awaitWatermark(cluster, victim);
      List<String> groups =
          replicas(cluster, victim).stream().map(ClusterNode.Replica::groupId).toList();
      cluster.killAll();
      cluster.heal();
      for (String group : groups) {
        LogDamage.CUT_HALF.strike(raft(cluster, victim, group), folder);
      }
      cluster.restart(victim);
      cluster.restart(isolated);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertAbsent(cluster, victim);
                assertThat(cluster.leader(GroupName.CATALOG)).isEmpty();
              });
      cluster.restart(leader);
      cluster.awaitLeaders();
      awaitVoter(cluster, victim);
      cluster.awaitSameState();
      everyNodeHas(client, cluster, "kept");
      assertThat(cluster.failures()).isEmpty();
    }
  }
}
