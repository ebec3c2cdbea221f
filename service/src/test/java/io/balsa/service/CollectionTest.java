package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.CollectionProgress;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Freed space on real nodes, through the SDK. */
class CollectionTest {
  private static final int CHUNK = 64 << 10;
  private static final long PACK = 1 << 20;
  private static final Duration RACE = Duration.ofSeconds(Long.getLong("race.seconds", 30));
  private static final int CONTENTS = 6;
  private static final int PATHS = 5;
  private static final int VERSIONS = 3;

  @TempDir private Path folder;

  private LocalCluster start(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("chunks.chunk-bytes=" + CHUNK);
    all.add("collection.retained-revisions=0");
    all.add("collection.retained-for-ms=0");
    all.add("collection.entries-per-second=1000");
    return LocalCluster.start(folder, 3, all.toArray(String[]::new));
  }

  private static BalsaClient client(LocalCluster cluster) {
    return BalsaClient.connect(cluster.clientOptions().withChunkBytes(CHUNK));
  }

  /** Two chunks; the first one is the same for each two neighbours. */
  private static byte[] content(int number) {
    byte[] bytes = new byte[2 * CHUNK];
    new Random(number / 2).nextBytes(bytes);
    byte[] second = new byte[CHUNK];
    new Random(1_000 + number).nextBytes(second);
    System.arraycopy(second, 0, bytes, CHUNK, CHUNK);
    return bytes;
  }

  private static Result<Stored> put(BalsaClient client, String path, int number) {
    try {
      return client.objects().put("d", path, Source.of(content(number)), PutOptions.DEFAULT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Result<Read<ObjectStat>> get(
      BalsaClient client, String path, Snapshot snapshot, ByteArrayOutputStream to) {
    try {
      return client.objects().get("d", path, GetOptions.DEFAULT.at(snapshot), to);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long chunks(LocalCluster cluster, String node) {
    return cluster.node(node).condition().replicas().stream()
        .mapToLong(replica -> replica.state().chunks())
        .sum();
  }

  @Test
  void whatIsDeletedIsFreedAndWhatAVersionShowsIsNot() throws IOException {
    try (LocalCluster cluster = start("collection.enabled=0", "collection.grace-ms=0");
        BalsaClient client = client(cluster)) {
      client.datasets().create("d", WriteOptions.DEFAULT).orElseThrow();
      long first = put(client, "a", 0).orElseThrow().receipt().revision();
      client
          .versions()
          .create(new NewVersion("d", "v", 0, "", List.of()), WriteOptions.DEFAULT)
          .orElseThrow();
      put(client, "a", 2).orElseThrow();
      put(client, "a", 4).orElseThrow();
      put(client, "b", 5).orElseThrow();
      cluster.awaitSameState();
      assertThat(chunks(cluster, "n1")).isEqualTo(7);

      CollectionProgress report = client.cluster().collect(false, _ -> {}).orElseThrow();

      assertThat(report.rowsSwept()).as("the put of content 2").isEqualTo(1);
      assertThat(report.chunksRemoved()).isEqualTo(2);
      cluster.awaitSameState();
      assertThat(chunks(cluster, "n1")).isEqualTo(5);
      ByteArrayOutputStream old = new ByteArrayOutputStream();
      get(client, "a", Snapshot.atVersion("v"), old).orElseThrow();
      assertThat(old.toByteArray()).isEqualTo(content(0));
      assertThat(get(client, "a", Snapshot.atRevision(first + 2), new ByteArrayOutputStream()))
          .isInstanceOfSatisfying(
              Result.No.class,
              no -> assertThat(no.refusal().reason()).isEqualTo("REVISION_UNAVAILABLE"));

      client.versions().delete("d", "v", WriteOptions.DEFAULT).orElseThrow();
      client.datasets().deleteRecursively("d", WriteOptions.DEFAULT).orElseThrow();
      client.cluster().collect(true, _ -> {}).orElseThrow();
      client.cluster().collect(true, _ -> {}).orElseThrow();
      cluster.awaitSameState();
      for (String node : cluster.nodes()) {
        assertThat(chunks(cluster, node)).as("chunks on %s", node).isZero();
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void uploadsDeletesVersionsCollectionAndCompactionOfTheSameContentsRace() throws Exception {
    long seed = Long.getLong("seed", 20_261);
    try (LocalCluster cluster =
            start(
                "collection.grace-ms=300",
                "collection.pause-ms=20",
                "compaction.dead-bytes-min=0",
                "chunks.pack-bytes-max=" + PACK);
        BalsaClient client = client(cluster)) {
      client.datasets().create("d", WriteOptions.DEFAULT).orElseThrow();
      Race race = new Race(client, System.nanoTime() + RACE.toNanos());
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          long own = seed + i;
          running.add(threads.submit(() -> race.run(new Random(own))));
        }
        for (Future<?> one : running) {
          one.get(RACE.toSeconds() + 120, TimeUnit.SECONDS);
        }
      }
      assertThat(race.broken).as("-Dseed=%s", seed).isEmpty();
      assertThat(race.puts.get()).isPositive();
      cluster.awaitSameState();
      long read = race.readAll();
      assertThat(race.broken).as("-Dseed=%s: at the end", seed).isEmpty();
      assertThat(cluster.failures()).isEmpty();
      // The pack that grows is left alone.
      await().atMost(RACE.plusSeconds(60)).until(() -> deadBytes(cluster, client) <= 3 * 2 * PACK);
      System.out.printf(
          "race of %s: %d puts, %d reads, then %d objects read back, %d removals; dead at the end:"
              + " %d bytes of packs on n1%n",
          RACE,
          race.puts.get(),
          race.reads.get(),
          read,
          removals(cluster),
          deadBytes(cluster, client));
    }
  }

  private static long removals(LocalCluster cluster) {
    ClusterNode.Groups groups = cluster.node("n1").groups().orElseThrow();
    try (var view = groups.catalog().view()) {
      return view.head().collection().removals();
    }
  }

  private static long deadBytes(LocalCluster cluster, BalsaClient client) {
    return client.nodes().upkeep(cluster.endpoint("n1")).orElseThrow().stores().stream()
        .mapToLong(store -> store.packBytes() - store.liveBytes())
        .sum();
  }

  /** Threads that get in each other's way. */
  private static final class Race {
    final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    final AtomicLong puts = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    private final BalsaClient client;
    private final long endNanos;

    Race(BalsaClient client, long endNanos) {
      this.client = client;
      this.endNanos = endNanos;
    }

    void run(Random random) {
      while (System.nanoTime() - endNanos < 0 && broken.isEmpty()) {
        String path = "p" + random.nextInt(PATHS);
        String version = "v" + random.nextInt(VERSIONS);
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> note("put", put(client, path, random.nextInt(CONTENTS)), puts);
          case 4, 5, 6 -> {
            note("rm", client.objects().delete("d", path, DeleteOptions.DEFAULT), new AtomicLong());
          }
          case 7 ->
              note(
                  "version",
                  client
                      .versions()
                      .create(new NewVersion("d", version, 0, "", List.of()), WriteOptions.DEFAULT),
                  new AtomicLong());
          case 8 ->
              note(
                  "version rm",
                  client.versions().delete("d", version, WriteOptions.DEFAULT),
                  new AtomicLong());
          default -> check(path, Snapshot.head());
        }
      }
    }

    private <T> void note(String what, Result<T> result, AtomicLong count) {
      switch (result) {
        case Result.Yes<T> _ -> count.incrementAndGet();
        case Result.No<T>(Refusal refusal)
            when refusal.is("OBJECT_NOT_FOUND")
                || refusal.is("VERSION_NOT_FOUND")
                || refusal.is("VERSION_EXISTS") -> {}
        default -> broken.add(what + ": " + result);
      }
    }

    /** An object that is deleted while it is read may go before its reader is done. */
    private void check(String path, Snapshot snapshot) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      switch (get(client, path, snapshot, bytes)) {
        case Result.Yes<?> _ -> {
          reads.incrementAndGet();
          compare(path, bytes.toByteArray());
        }
        case Result.No<?>(Refusal refusal)
            when refusal.is("OBJECT_NOT_FOUND") || refusal.is("CHUNK_MISSING") -> {}
        case Result.No<?> no -> broken.add("get: " + no);
        case Result.Unknown<?> unknown -> broken.add("get: " + unknown);
      }
    }

    private void compare(String path, byte[] bytes) {
      for (int number = 0; number < CONTENTS; number++) {
        if (Arrays.equals(bytes, content(number))) {
          return;
        }
      }
      broken.add(path + " holds what nobody put");
    }

    /** Now nothing is deleted any more, so everything that is listed must be there. */
    long readAll() {
      List<Snapshot> snapshots = new ArrayList<>(List.of(Snapshot.head()));
      client
          .versions()
          .list("d", ReadOptions.DEFAULT)
          .forEach(version -> snapshots.add(Snapshot.atVersion(version.name())));
      long read = 0;
      for (Snapshot snapshot : snapshots) {
        for (int path = 0; path < PATHS; path++) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          switch (get(client, "p" + path, snapshot, bytes)) {
            case Result.Yes<?> _ -> {
              read++;
              compare("p" + path, bytes.toByteArray());
            }
            case Result.No<?>(Refusal refusal) when refusal.is("OBJECT_NOT_FOUND") -> {}
            case Result.No<?> no -> broken.add(snapshot + " p" + path + ": " + no);
            case Result.Unknown<?> unknown -> broken.add(snapshot + " p" + path + ": " + unknown);
          }
        }
      }
      return read;
    }
  }
}
