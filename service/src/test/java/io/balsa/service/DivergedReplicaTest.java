package io.balsa.service;

import static io.balsa.service.cluster.Refusals.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.DatasetName;
import io.balsa.model.GroupName;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.observe.NodeProblem;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica whose state is not what its log made is found, fenced and condemned. */
class DivergedReplicaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final DatasetName GHOST = new DatasetName("ghost");

  @TempDir private Path folder;

  @Test
  @Timeout(180)
  void aFollowersCatalogThatDivergedIsFencedAndCondemned() throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, "raft.digest-interval-ms=1000");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String diverged = cluster.follower();
      cluster.kill(diverged);
      Vandal.plantDataset(cluster.data(diverged).resolve("catalog"), GHOST);
      cluster.restart(diverged);

      awaitCondemned(cluster, client, diverged, cluster.data(diverged).resolve("catalog"));

      assertThat(cluster.failures())
          .allMatch(failure -> failure.contains(diverged + ": the store of catalog is given up"));
      assertServesNothing(cluster, diverged);
      client.datasets().create("after", WriteOptions.DEFAULT).orElseThrow();
      heal(cluster, diverged);
    }
  }

  @Test
  @Timeout(180)
  void aFollowersChunksThatDivergedAreCondemned() throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, "raft.digest-interval-ms=1000");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      GroupName group = GroupName.chunks(2);
      String diverged =
          cluster.nodes().stream()
              .filter(node -> !cluster.leader(group).orElseThrow().equals(node))
              .findFirst()
              .orElseThrow();
      cluster.kill(diverged);
      Path store = cluster.data(diverged).resolve("chunks").resolve("2");
      Vandal.plantChunk(store);
      cluster.restart(diverged);

      awaitCondemned(cluster, client, diverged, store);

      assertThat(cluster.failures())
          .allMatch(failure -> failure.contains(diverged + ": the store of chunks-2 is given up"));
      heal(cluster, diverged);
    }
  }

  @Test
  @Timeout(240)
  void aLeaderThatDivergedFindsOutByItselfAndAnotherLeads() throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, "raft.digest-interval-ms=30000");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      cluster.kill("n1");
      Vandal.plantDataset(cluster.data("n1").resolve("catalog"), GHOST);
      cluster.restart("n1");
      awaitLeadershipOfFirst(cluster);

      awaitCondemned(cluster, client, "n1", cluster.data("n1").resolve("catalog"));

      await().atMost(PATIENCE).until(() -> !cluster.awaitLeader().equals("n1"));
      assertThat(cluster.failures())
          .allMatch(failure -> failure.contains("n1: the store of catalog is given up"));
      assertServesNothing(cluster, "n1");
      client.datasets().create("after", WriteOptions.DEFAULT).orElseThrow();
      heal(cluster, "n1");
    }
  }

  /** Leaders die until chance elects n1: each time it is one of two that are up to date. */
  private static void awaitLeadershipOfFirst(LocalCluster cluster) {
    await()
        .atMost(PATIENCE.multipliedBy(2))
        .until(
            () -> {
              String leader = cluster.awaitLeader();
              if (!leader.equals("n1") && follows(cluster, "n1")) {
                cluster.kill(leader);
                var _ = cluster.awaitLeader();
                cluster.restart(leader);
              }
              return cluster.awaitLeader().equals("n1");
            });
  }

  private static boolean follows(LocalCluster cluster, String node) {
    return cluster.node(node).condition().replicas().stream()
        .map(replica -> replica.progress())
        .allMatch(it -> it.leaderNodeId().isPresent() && it.appliedIndex() == it.commitIndex());
  }

  /** Something must be applied for a mark to be worth while. */
  private static void awaitCondemned(
      LocalCluster cluster, BalsaClient client, String node, Path store) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var _ = client.datasets().fence("demo", WriteOptions.DEFAULT);
              return !cluster.failures().isEmpty();
            });
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(StoreCondemnation.read(Disk.real(), store).orElse(""))
                    .contains("this replica noted"));
    assertThat(cluster.node(node).condition().problems())
        .extracting(NodeProblem::code)
        .contains("REPLICA_IN_DOUBT", "STOPPING_ITSELF");
  }

  /** As a supervisor does: the next start takes the store from another member. */
  private static void heal(LocalCluster cluster, String node) {
    cluster.kill(node);
    cluster.restart(node);
    cluster.awaitSameState();
    assertThat(cluster.node(node).condition().problems()).isEmpty();
  }

  private static void assertServesNothing(LocalCluster cluster, String node) {
    GetDatasetRequest anything =
        GetDatasetRequest.newBuilder()
            .setName(GHOST.text())
            .setConsistency(
                Consistency.newBuilder().setEventual(Consistency.Eventual.getDefaultInstance()))
            .build();
    assertThat(refusalOf(() -> cluster.calls(node).datasets().getDataset(anything)).getReason())
        .isEqualTo("NOT_SERVING");
  }
}
