package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupSnapshot;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ScrubProgress;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work on single nodes, by the SDK; and what it finds in a log. */
class NodeWorkTest {
  @TempDir private Path folder;

  @Test
  void aNodeIsScrubbedCompactedFlushedAndShownAndARottenSegmentStopsIt() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3);
        BalsaClient client = cluster.client()) {
      assertThat(client.nodes().takeSnapshot(cluster.endpoint("n2"), "", _ -> {}).orElseThrow())
          .as("of groups in which nothing happened yet")
          .hasSize(4);
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      for (int number = 0; number < 5; number++) {
        Source bytes = Source.of(new byte[10_000 + number]);
        client.objects().put("demo", "o" + number, bytes, PutOptions.DEFAULT).orElseThrow();
      }
      // A new term closes the segments.
      cluster.killAll();
      List.of("n1", "n2", "n3").forEach(cluster::restart);
      cluster.awaitLeaders();
      cluster.awaitSameState();
      try (BalsaClient second = cluster.client()) {
        workOn(second, cluster.endpoint("n2"));
        rot(closedSegment(cluster.data("n2").resolve("raft")));
        ScrubProgress rotten =
            second.nodes().scrub(cluster.endpoint("n2"), "", 0, _ -> {}).orElseThrow();
        assertThat(rotten.found()).isEqualTo(1);
      }
      assertThat(cluster.failures()).hasSize(1);
      assertThat(cluster.failures().getFirst()).startsWith("n2: the Raft log of ");
    }
  }

  private static void workOn(BalsaClient client, Endpoint node) {
    List<ScrubProgress> told = new CopyOnWriteArrayList<>();
    ScrubProgress clean = client.nodes().scrub(node, "", 0, told::add).orElseThrow();
    assertThat(clean.found()).isZero();
    assertThat(clean.bytesDone()).isGreaterThan(50_000);
    assertThat(told.getLast()).isEqualTo(clean);
    List<GroupSnapshot> groups = new ArrayList<>();
    assertThat(client.nodes().takeSnapshot(node, "catalog", groups::add).orElseThrow())
        .isEqualTo(groups)
        .hasSize(1);
    CompactionProgress compacted = client.nodes().compact(node, "chunks-1", _ -> {}).orElseThrow();
    assertThat(compacted.freedBytes()).isZero();
    assertThat(client.nodes().compact(node, "catalog", _ -> {}).isYes()).isFalse();
    NodeUpkeep upkeep = client.nodes().upkeep(node).orElseThrow();
    assertThat(upkeep.stores()).hasSize(3);
    assertThat(upkeep.scrub().progress().lost()).isZero();
  }

  private static Path closedSegment(Path raft) throws IOException {
    try (Stream<Path> files = Files.walk(raft)) {
      return files
          .filter(file -> file.getFileName().toString().matches("log_[0-9]+-[0-9]+"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void rot(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }
}
