package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.service.observe.NodeProblem;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A leader on a slow disk. */
class SlowDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  @Timeout(120)
  void leadershipsLeaveANodeWhoseDiskIsSlowAndStayAway() {
    try (LocalCluster cluster = LocalCluster.start(folder, 3);
        BalsaClient client = cluster.client()) {
      String slow = cluster.awaitLeader();
      cluster.slowDisk(slow, Duration.ofMillis(700));

      await().atMost(PATIENCE).until(() -> !leadsAnything(cluster, slow));

      assertThat(cluster.node(slow).condition().problems())
          .extracting(NodeProblem::code)
          .containsExactly("DISK_SLOW");
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      await()
          .during(Duration.ofSeconds(5))
          .atMost(PATIENCE)
          .until(() -> !leadsAnything(cluster, slow));
      cluster.slowDisk(slow, Duration.ZERO);
      await().atMost(PATIENCE).until(() -> cluster.node(slow).condition().problems().isEmpty());
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private static boolean leadsAnything(LocalCluster cluster, String node) {
    return cluster.node(node).condition().replicas().stream()
        .anyMatch(replica -> replica.role() == ClusterNode.Role.LEADER);
  }
}
