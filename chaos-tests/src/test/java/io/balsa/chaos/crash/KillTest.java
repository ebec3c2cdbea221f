package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL and SIGTERM to real nodes under writes. {@code -Dseed=N} sets the seed. */
class KillTest {
  private static final int LEADER_KILLS = 5;
  private static final int STAGED = 60;
  private static final String CATALOG = "catalog";

  /** What an operator is promised for a stop: limits.shutdown-ms at its default. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void nothingAcknowledgedIsLostWhenNodesAreKilled() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, "256m");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      client.datasets().create("staged", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread upload =
            Thread.ofPlatform()
                .daemon()
                .uncaughtExceptionHandler((_, problem) -> failure.set(problem))
                .start(() -> uploadInOneTransaction(client));
        for (int kill = 0; kill < LEADER_KILLS; kill++) {
          // The last kills come while the node before is still starting.
          if (kill < 3) {
            cluster.awaitAllUp(client);
          }
          killTheLeader(cluster, client, writers);
        }
        upload.join();
        assertThat(failure).hasNullValue();
        cluster.killAll();
        cluster.nodes().forEach(cluster::start);
        writers.awaitMore(20);
        writers.finish();
        cluster.awaitSameState(client);
        for (String node : cluster.nodes()) {
          assertThat(cluster.temporary(node)).as("left behind").isEmptyDirectory();
          writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint(node)));
        }
      }
      try (Stream<ListEntry> staged = client.objects().list("staged", ListOptions.DEFAULT)) {
        assertThat(staged).hasSize(STAGED);
      }
    }
  }

  private static void killTheLeader(ProcessCluster cluster, BalsaClient client, Writers writers) {
    writers.awaitMore(20);
    String leader = cluster.awaitLeader(client, CATALOG);
    var _ = writers.longestGap();
    cluster.process(leader).kill();
    writers.awaitMore(20);
    System.err.println("longest gap of writes around a SIGKILL: " + writers.longestGap());
    cluster.start(leader);
  }

  private static void uploadInOneTransaction(BalsaClient client) {
    try (Transaction transaction = client.begin("staged", BeginOptions.DEFAULT).orElseThrow()) {
      for (int number = 0; number < STAGED; number++) {
        stage(transaction, "object/" + number);
        try (Stream<ListEntry> seen = client.objects().list("staged", ListOptions.DEFAULT)) {
          assertThat(seen).isEmpty();
        }
      }
      publish(transaction);
    }
  }

  private static void stage(Transaction transaction, String path) {
    byte[] bytes = path.repeat(1_000).getBytes(StandardCharsets.UTF_8);
    Result<Stored> result;
    do {
      try {
        // Staging the same again is harmless, whatever became of the first try.
        result = transaction.put(path, Source.of(bytes), PutOptions.DEFAULT);
      } catch (IOException e) {
        throw new IllegalStateException("bytes in memory cannot fail", e);
      }
    } while (!result.isYes());
  }

  private static void publish(Transaction transaction) {
    Result<WriteReceipt> result;
    do {
      result = transaction.publish(WriteOptions.DEFAULT);
    } while (result instanceof Result.Unknown);
    var _ = result.orElseThrow();
  }

  @Test
  void aNodeThatIsToldToStopHandsOverAndEndsInTimeWithCodeZero() {
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, "256m");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String leader = cluster.awaitLeader(client, CATALOG);
      NodeProcess process = cluster.process(leader);
      process.terminate();
      assertThat(process.exitCode(STOP_LIMIT)).isZero();
      assertThat(process.printed()).doesNotContain("no voter took over the leadership");
      assertThat(cluster.awaitLeader(client, CATALOG)).isNotEqualTo(leader);
      client.datasets().create("after", WriteOptions.DEFAULT).orElseThrow();
      cluster.start(leader);
      cluster.awaitSameState(client);
    }
  }

  @Test
  void aTornPackTailIsCutAndTheNodeServesOn() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("seed=" + seed);
    Random random = new Random(seed);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, "256m");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      try (Writers writers = new Writers(client, "demo", 2)) {
        writers.awaitMore(60);
        cluster.process("n3").kill();
        for (Path pack : lastPacks(cluster.dataDir("n3"))) {
          byte[] garbage = new byte[1 + random.nextInt(5_000)];
          random.nextBytes(garbage);
          append(pack, garbage);
        }
        cluster.start("n3");
        writers.awaitMore(60);
        writers.finish();
        cluster.awaitSameState(client);
        writers.assertAllThere(ReadOptions.DEFAULT.onNode(cluster.endpoint("n3")));
      }
    }
  }

  /** The pack of each chunk group that grows. */
  private static List<Path> lastPacks(Path dataDir) throws IOException {
    try (Stream<Path> files = Files.walk(dataDir.resolve("chunks"))) {
      List<Path> packs =
          files.filter(file -> file.getFileName().toString().endsWith(".pack")).sorted().toList();
      assertThat(packs).isNotEmpty();
      return packs;
    }
  }

  private static void append(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), channel.size());
    }
  }
}
