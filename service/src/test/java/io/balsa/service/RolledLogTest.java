package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A power cut may leave the last closed segment of a Raft log with the name that it had open. */
class RolledLogTest {
  private static final int LIVES = 3;

  @TempDir private Path folder;

  @Test
  void aNodeOpensALogWhoseClosedSegmentsLostTheirNamesWithAllThatItAcknowledged()
      throws IOException {
    try (LocalCluster cluster = LocalCluster.start(folder, 1);
        BalsaClient client = BalsaClient.connect(cluster.clientOptions())) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      // Each life has a term of its own, and each term a segment.
      for (int life = 0; life < LIVES; life++) {
        put(client, life);
        cluster.kill("n1");
        if (life == LIVES - 1) {
          assertThat(loseNames(cluster.data("n1").resolve("raft"))).isGreaterThanOrEqualTo(LIVES);
        }
        cluster.restart("n1");
        cluster.awaitLeaders();
      }
      put(client, LIVES);
      for (int life = 0; life <= LIVES; life++) {
        assertThat(get(client, life)).isEqualTo(content(life));
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private static String content(int life) {
    return "written in life " + life;
  }

  private static void put(BalsaClient client, int life) throws IOException {
    Source source = Source.of(content(life).getBytes(StandardCharsets.UTF_8));
    client.objects().put("demo", "o" + life, source, PutOptions.DEFAULT).orElseThrow();
  }

  private static String get(BalsaClient client, int life) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    client.objects().get("demo", "o" + life, GetOptions.DEFAULT, read).orElseThrow();
    return read.toString(StandardCharsets.UTF_8);
  }

  /** In all groups; returns how many. */
  private static int loseNames(Path raft) throws IOException {
    int lost = 0;
    for (Path group : Disk.real().list(raft)) {
      Path current = group.resolve("current");
      for (Path segment : Disk.real().list(current)) {
        String name = segment.getFileName().toString();
        if (name.matches("log_[0-9]+-[0-9]+")) {
          String open = name.replaceAll("log_([0-9]+)-.*", "log_inprogress_$1");
          Disk.real().rename(segment, segment.resolveSibling(open));
          lost++;
        }
      }
    }
    return lost;
  }
}
