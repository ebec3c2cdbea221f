package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.Durability;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.balsa.service.cluster.LocalCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that die or are cut off at random moments while three writers go on. {@code -Dseed=N} sets
 * the seed.
 */
class CrashTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WRITERS = 3;

  @TempDir private Path folder;

  /** Paths that were acknowledged, with the seed of their bytes. */
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

  private final AtomicInteger acknowledgements = new AtomicInteger();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** One step of a fault: it ends with all nodes up and all links whole. */
  @FunctionalInterface
  private interface Fault {
    void strike(LocalCluster cluster, Random random);
  }

  private void survive(List<Fault> faults) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("seed=" + seed);
    Random random = new Random(seed);
    try (LocalCluster cluster = LocalCluster.start(folder, 3, "chunks.chunk-bytes=65536");
        BalsaClient client =
            BalsaClient.connect(
                cluster
                    .clientOptions()
                    .withChunkBytes(64 << 10)
                    .withDeadline(Duration.ofSeconds(60)))) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      List<Thread> writers = startWriters(client, random);
      for (Fault fault : faults) {
        awaitMoreWrites(1 + random.nextInt(15));
        fault.strike(cluster, random);
        cluster.awaitLeaders();
      }
      awaitMoreWrites(10);
      stop.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(failure).hasNullValue();
      cluster.awaitSameState();
      everythingAcknowledgedIsThere(client, cluster);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private List<Thread> startWriters(BalsaClient client, Random random) {
    List<Thread> writers = new ArrayList<>();
    for (int number = 0; number < WRITERS; number++) {
      int writer = number;
      long seed = random.nextLong();
      writers.add(
          Thread.ofPlatform()
              .daemon()
              .uncaughtExceptionHandler((_, problem) -> failure.set(problem))
              .start(() -> write(client, writer, new Random(seed))));
    }
    return writers;
  }

  /** Puts objects of its own one after the other; overwrites some. */
  private void write(BalsaClient client, int writer, Random random) {
    for (int number = 0; !stop.get(); number++) {
      String path = writer + "/" + (number % 5 == 4 ? number - 2 : number);
      long seed = random.nextLong();
      if (isAcknowledged(client, path, bytes(seed))) {
        acknowledged.put(path, seed);
        acknowledgements.incrementAndGet();
      }
    }
  }

  /** Puts until the outcome is known, as the SDK's contract says: under the same request id. */
  private boolean isAcknowledged(BalsaClient client, String path, byte[] bytes) {
    PutOptions options = PutOptions.DEFAULT;
    while (true) {
      switch (put(client, path, bytes, options)) {
        case Result.Yes<Stored> _ -> {
          return true;
        }
        case Result.No<Stored>(var refusal) ->
            assertThat(refusal.retryAfter()).as("%s", refusal).isPresent();
        case Result.Unknown<Stored>(String id, String _) ->
            options = options.with(WriteOptions.DEFAULT.withRequestId(id));
      }
    }
  }

  private static Result<Stored> put(
      BalsaClient client, String path, byte[] bytes, PutOptions options) {
    try {
      return client.objects().put("demo", path, Source.of(bytes), options);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    }
  }

  /** Some objects have no bytes, some several chunks. */
  private static byte[] bytes(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(200_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void awaitMoreWrites(int count) {
    int target = acknowledgements.get() + count;
    await().atMost(PATIENCE).until(() -> acknowledgements.get() >= target || failure.get() != null);
    assertThat(failure).hasNullValue();
  }

  private void everythingAcknowledgedIsThere(BalsaClient client, LocalCluster cluster) {
    assertThat(acknowledged).isNotEmpty();
    int number = 0;
    for (Map.Entry<String, Long> object : acknowledged.entrySet()) {
      String node = cluster.nodes().get(number++ % cluster.nodes().size());
      ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
      assertThat(get(client, object.getKey(), GetOptions.DEFAULT.with(here)))
          .as("%s on %s", object.getKey(), node)
          .isEqualTo(bytes(object.getValue()));
    }
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

  private static void killFollower(LocalCluster cluster, Random random) {
    String node = cluster.follower();
    cluster.kill(node);
    cluster.restart(node);
  }

  private static void killLeader(LocalCluster cluster, Random random) {
    String node = cluster.awaitLeader();
    cluster.kill(node);
    cluster.awaitLeader();
    cluster.restart(node);
  }

  private static void killAll(LocalCluster cluster, Random random) {
    List<String> nodes = cluster.nodes();
    cluster.killAll();
    nodes.forEach(cluster::restart);
  }

  private static void isolateLeader(LocalCluster cluster, Random random) {
    cluster.isolate(cluster.awaitLeader());
    cluster.awaitLeader();
    cluster.heal();
  }

  private static void isolateAny(LocalCluster cluster, Random random) {
    cluster.isolate(cluster.nodes().get(random.nextInt(3)));
    cluster.awaitLeader();
    cluster.heal();
  }

  @Test
  void nothingAcknowledgedIsLostWhenNodesDie() throws Exception {
    survive(
        List.of(
            CrashTest::killFollower,
            CrashTest::killLeader,
            CrashTest::killAll,
            CrashTest::killLeader));
  }

  @Test
  void nothingAcknowledgedIsLostWhenNodesAreCutOff() throws Exception {
    survive(
        List.of(
            CrashTest::isolateLeader,
            CrashTest::isolateAny,
            CrashTest::isolateLeader,
            CrashTest::isolateAny,
            CrashTest::killAll));
  }

  @Test
  void aWriteThatIsNotYetOnAllIsNoFailureAndGetsThereWhenTheNodeIsBack() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3, "raft.watch-timeout-ms=300");
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String down = cluster.follower();
      cluster.kill(down);
      WriteOptions all = WriteOptions.DEFAULT.withDurability(Durability.ALL);
      WriteReceipt receipt =
          put(client, "a", new byte[] {1}, PutOptions.DEFAULT.with(all)).orElseThrow().receipt();
      assertThat(receipt.durability()).isEqualTo(Durability.MAJORITY);
      assertThat(receipt.durabilityAsked()).isEqualTo(Durability.ALL);
      assertThat(receipt.isAsDurableAsAsked()).isFalse();
      cluster.restart(down);
      ReadOptions there = ReadOptions.DEFAULT.onNode(cluster.endpoint(down));
      Read<ObjectStat> read =
          await()
              .atMost(PATIENCE)
              .ignoreExceptions()
              .until(
                  () -> client.objects().stat("demo", "a", Snapshot.head(), there).orElseThrow(),
                  _ -> true);
      assertThat(read.value().revision()).isEqualTo(receipt.revision());
      cluster.awaitLeaders();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  put(client, "b", new byte[] {2}, PutOptions.DEFAULT.with(all))
                      .orElseThrow()
                      .receipt()
                      .isAsDurableAsAsked());
    }
  }
}
