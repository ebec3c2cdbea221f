package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Watermark;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.grpc.ClusterNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose whole data folder was swapped for an old copy, which is consistent in itself. */
class OldCopyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int OBJECTS = 30;

  @TempDir private Path folder;

  private final List<String> acknowledged = new ArrayList<>();

  private static byte[] bytes(String path) {
    return ByteBuffer.allocate(1_000).putInt(path.hashCode()).array();
  }

  private void put(BalsaClient client, String prefix) throws IOException {
    for (int number = 0; number < OBJECTS; number++) {
      String path = prefix + "/" + number;
      client.objects().put("demo", path, Source.of(bytes(path)), PutOptions.DEFAULT).orElseThrow();
      acknowledged.add(path);
    }
  }

  /** Stops a node, keeps a copy of its data, and lets the cluster go on with it. */
  private Path copyOf(LocalCluster cluster, String node) throws IOException {
    cluster.awaitSameState();
    cluster.kill(node);
    Path copy = folder.resolve("copy");
    LogDamage.copy(cluster.data(node), copy);
    cluster.restart(node);
    cluster.awaitLeaders();
    return copy;
  }

  /** Waits until the others have on their disks what a node holds. */
  private static void awaitRemembered(LocalCluster cluster, String node) {
    String peerId = cluster.node(node).identity().member().peerId();
    List<ClusterNode.Replica> now = cluster.node(node).condition().replicas();
    for (String other : cluster.nodes()) {
      if (!other.equals(node)) {
        Path kept = cluster.data(other).resolve("neighbours").resolve(peerId);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  var marks = Watermark.look(Disk.real(), kept, peerId).marks();
                  for (ClusterNode.Replica replica : now) {
                    assertThat(marks).containsKey(replica.name());
                    assertThat(marks.get(replica.name()).flushed().index())
                        .isGreaterThanOrEqualTo(replica.progress().commitIndex());
                  }
                });
      }
    }
  }

  private static void swap(LocalCluster cluster, String node, Path copy) throws IOException {
    Disk.real().deleteTree(cluster.data(node));
    LogDamage.copy(copy, cluster.data(node));
  }

  private void everyNodeHasAll(BalsaClient client, LocalCluster cluster) throws IOException {
    cluster.awaitSameState();
    for (String path : acknowledged) {
      for (String node : cluster.nodes()) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
        client.objects().get("demo", path, GetOptions.DEFAULT.with(here), read).orElseThrow();
        assertThat(read.toByteArray()).as("%s on %s", path, node).isEqualTo(bytes(path));
      }
    }
  }

  @Test
  @Timeout(240)
  void anOldCopyIsToldByTheOthersAndDoesNotVoteBeforeTheyHaveTakenItInAgain() throws Exception {
    swapInAnOldCopy((_, _) -> {});
  }

  @Test
  @Timeout(240)
  void soIsOneThatIsSwappedInWhileItsCatalogIsOutOfTheGroupOnItsWayBack() throws Exception {
    swapInAnOldCopy(
        (cluster, victim) -> {
          String peerId = cluster.node(victim).identity().member().peerId();
          cluster.kill(victim);
          await()
              .atMost(PATIENCE)
              .untilAsserted(
                  () -> {
                    String leader = cluster.leader(GroupName.CATALOG).orElseThrow();
                    assertThat(
                            cluster
                                .node(leader)
                                .changeReplica(
                                    GroupName.CATALOG,
                                    peerId,
                                    ReplicaChanges.Change.REMOVE,
                                    Duration.ofSeconds(10)))
                        .isInstanceOf(Outcome.Committed.class);
                  });
        });
  }

  /** What happens to a node before its folder is swapped. */
  @FunctionalInterface
  private interface Before {
    void on(LocalCluster cluster, String victim) throws Exception;
  }

  private void swapInAnOldCopy(Before before) throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String victim = cluster.follower();
      Path copy = copyOf(cluster, victim);
      put(client, "kept");
      cluster.awaitSameState();
      awaitRemembered(cluster, victim);
      String holder =
          cluster.nodes().stream().filter(node -> !node.equals(victim)).findFirst().orElseThrow();
      before.on(cluster, victim);
      cluster.killAll();
      swap(cluster, victim, copy);

      cluster.restart(holder);
      cluster.restart(victim);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(cluster.node(victim).condition().replicas())
                    .allSatisfy(replica -> assertThat(replica.absence()).isPresent());
                assertThat(cluster.leader(GroupName.CATALOG)).isEmpty();
              });

      for (String node : List.of("n1", "n2", "n3")) {
        if (!cluster.nodes().contains(node)) {
          cluster.restart(node);
        }
      }
      everyNodeHasAll(client, cluster);
      assertThat(cluster.node(victim).condition().replicas())
          .allSatisfy(replica -> assertThat(replica.absence()).isEmpty());
      put(client, "after");
      everyNodeHasAll(client, cluster);
      assertThat(cluster.failures()).isEmpty();
    }
  }
}
