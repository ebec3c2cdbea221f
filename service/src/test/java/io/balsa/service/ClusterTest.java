package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
  @TempDir private Path folder;

  @Test
  void anObjectThatWasPutIsReadBackFromEveryNode() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3);
        BalsaClient client = cluster.client()) {
      byte[] bytes = new byte[10_000_000];
      new Random(1).nextBytes(bytes);
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      client.objects().put("demo", "a/b", Source.of(bytes), PutOptions.DEFAULT).orElseThrow();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      client.objects().get("demo", "a/b", GetOptions.DEFAULT, read).orElseThrow();
      assertThat(read.toByteArray()).isEqualTo(bytes);
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }
}
