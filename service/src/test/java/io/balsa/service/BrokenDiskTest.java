package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that fails under a running node. */
class BrokenDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  /** Ratis takes a snapshot when it closes a replica, and again without end where that throws. */
  @Test
  @Timeout(60)
  void aNodeWhoseStoreCannotFlushCanStillBeClosed() throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 1);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      Files.move(cluster.data("n1").resolve("catalog"), folder.resolve("taken-away"));
      cluster.kill("n1");
      assertThat(cluster.nodes()).isEmpty();
    }
  }

  @Test
  @Timeout(60)
  void aNodeWhoseStoreCannotFlushStopsItself() throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 1, "raft.snapshot-every-entries=10");
        BalsaClient client =
            BalsaClient.connect(cluster.clientOptions().withDeadline(Duration.ofSeconds(2)))) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      Files.move(cluster.data("n1").resolve("catalog"), folder.resolve("taken-away"));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                // Each takes the log nearer to its next flush, at which the node stops.
                var _ = client.datasets().fence("demo", WriteOptions.DEFAULT);
                return !cluster.failures().isEmpty();
              });
      assertThat(cluster.failures().getFirst())
          .contains("n1: cannot flush the store of catalog", "StorageFailure");
    }
  }
}
