package io.balsa.service;

import static io.balsa.service.cluster.Refusals.infoOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.rpc.ErrorInfo;
import io.balsa.api.v1.DeleteObjectRequest;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.observe.NodeProblem;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes on small file systems in memory, one each. Needs the right to mount; where that is missing
 * the tests say so and are skipped.
 */
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long MIB = 1 << 20;
  private static final String[] SETTINGS = {
    "disk.refuse-writes-below-bytes=" + 64 * MIB,
    "disk.hand-over-below-bytes=" + 32 * MIB,
    "disk.start-needs-bytes=" + 16 * MIB,
    "raft.snapshot-every-entries=20"
  };

  @TempDir private Path folder;

  private final Random random = new Random(20_261_123);
  private int objects;

  @BeforeEach
  void mountAll() throws Exception {
    for (String node : new String[] {"n1", "n2", "n3"}) {
      Path target = Files.createDirectory(folder.resolve(node));
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=260m", "tmpfs", target.toString()),
          "SKIPPED: this user may not mount file systems, so no disk can be made full");
    }
  }

  @AfterEach
  void unmountAll() throws Exception {
    for (String node : new String[] {"n1", "n2", "n3"}) {
      var _ = run("umount", "-l", folder.resolve(node).toString());
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  @Timeout(300)
  void writesAreRefusedBeforeADiskIsFullAndGoOnWhenThereIsSpace() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, SETTINGS);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      ErrorInfo refusal = fillUntilRefused(cluster);

      assertThat(refusal.getReason()).isEqualTo("DISK_FULL");
      assertThat(refusal.getMetadataMap().get("node")).isIn(cluster.nodes());
      assertThat(refusal.getMetadataMap()).containsKeys("free_bytes", "needed_bytes");
      assertThat(objects).as("objects of 4 MiB on 260 MiB").isBetween(10, 60);
      for (String node : cluster.nodes()) {
        assertThat(free(cluster.data(node))).as("free on %s", node).isGreaterThan(16 * MIB);
      }
      assertThat(cluster.calls("n2").get("demo", "0").length).isEqualTo((int) (4 * MIB));
      var _ =
          cluster
              .calls("n1")
              .objects()
              .deleteObject(
                  DeleteObjectRequest.newBuilder().setDataset("demo").setPath("0").build());
      client.datasets().fence("demo", WriteOptions.DEFAULT).orElseThrow();
      assertThat(cluster.failures()).isEmpty();

      for (String node : cluster.nodes()) {
        assertThat(run("mount", "-o", "remount,size=400m", cluster.data(node).toString())).isTrue();
      }
      await().atMost(PATIENCE).until(() -> put(cluster).isEmpty());
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(300)
  void aNodeThatMeetsAFullDiskStopsAndComesBackWhenThereIsSpaceWhileTheOthersGoOn(boolean leads)
      throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, SETTINGS);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String full = leads ? cluster.awaitLeader() : cluster.follower();
      LongAccumulator slowest = new LongAccumulator(Math::max, 0);
      Path ballast = fill(cluster.data(full), "ballast");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                slowest.accumulate(change(client));
                return !cluster.failures().isEmpty();
              });
      assertThat(cluster.failures()).allMatch(failure -> failure.startsWith(full + ": "));
      cluster.kill(full);
      slowest.accumulate(change(client));
      System.err.printf(
          "the disk of a %s is full: the slowest change took %d ms%n",
          leads ? "leader" : "follower", slowest.get() / 1_000_000);
      // A clean end gave back what the logs had reserved; the end of a process would not.
      Path more = fill(cluster.data(full), "more-ballast");

      cluster.restart(full);
      assertThat(cluster.node(full).condition().problems())
          .extracting(NodeProblem::code)
          .contains("NO_SPACE_TO_START");
      assertThat(cluster.node(full).condition().replicas()).isEmpty();
      await().atMost(PATIENCE).until(() -> put(cluster).isEmpty());

      Files.delete(ballast);
      Files.delete(more);
      await().atMost(PATIENCE).until(() -> cluster.node(full).condition().problems().isEmpty());
      cluster.awaitSameState();
    }
  }

  /** How long a change of the catalog takes, in nanoseconds; it must succeed. */
  private static long change(BalsaClient client) {
    long begin = System.nanoTime();
    client.datasets().fence("demo", WriteOptions.DEFAULT).orElseThrow();
    return System.nanoTime() - begin;
  }

  private ErrorInfo fillUntilRefused(LocalCluster cluster) {
    while (objects < 100) {
      Optional<ErrorInfo> refusal = put(cluster);
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    throw new AssertionError("the disks take more than they hold");
  }

  /** Puts an object of 4 MiB through the next node; why that is refused, if it is. */
  private Optional<ErrorInfo> put(LocalCluster cluster) {
    byte[] bytes = new byte[(int) (4 * MIB)];
    random.nextBytes(bytes);
    String node = objects % 2 == 0 ? cluster.awaitLeader() : cluster.follower();
    try {
      var _ =
          cluster
              .calls(node)
              .put(
                  PutObjectHeader.newBuilder()
                      .setDataset("demo")
                      .setPath(Integer.toString(objects))
                      .build(),
                  bytes);
      objects++;
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      return Optional.of(infoOf(e));
    }
  }

  private static long free(Path path) throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  /** Leaves nothing free. */
  private static Path fill(Path data, String name) throws IOException {
    Path ballast = data.resolve(name);
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(free(data)).isLessThan(64 << 10);
    }
    return ballast;
  }
}
