package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.RejoinMark;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.snapshot.StoreCondemnation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica whose store is lost takes another member's, and never serves what is wrong. */
class StoreRebuildTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DATASET = "demo";
  private static final int LATE_ROUNDS = Integer.getInteger("late.rounds", 2);

  @TempDir private Path folder;
  private final Map<String, byte[]> objects = new HashMap<>();
  private final Random random = new Random(7);

  /** What happens to a store's RocksDB folder while its node is down. */
  private record Damage(String name, Consumer<Path> happens) {}

  private static final List<Damage> DAMAGES =
      List.of(
          new Damage("the mark", tables -> condemn(storeOf(tables))),
          new Damage("CURRENT deleted", tables -> delete(file(tables, "CURRENT"))),
          new Damage("CURRENT emptied", tables -> cut(file(tables, "CURRENT"), 0)),
          new Damage("MANIFEST deleted", tables -> delete(file(tables, "MANIFEST-"))),
          new Damage("MANIFEST flipped", tables -> flip(file(tables, "MANIFEST-"), 0.5)),
          new Damage("MANIFEST emptied", tables -> cut(file(tables, "MANIFEST-"), 0)),
          new Damage("a table deleted", tables -> delete(file(tables, ".sst"))),
          new Damage("a table cut", tables -> cut(file(tables, ".sst"), 0.5)),
          new Damage("all deleted", StoreRebuildTest::deleteAll));

  @Test
  void aStoreThatCannotBeOpenedIsTakenFromAnotherMemberWhateverIsWrongWithIt() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      for (Damage damage : DAMAGES) {
        put(client, 30);
        cluster.awaitSameState();
        String hurt = cluster.follower();
        cluster.kill(hurt);
        put(client, 10);
        Path data = cluster.data(hurt);
        damage.happens.accept(data.resolve("catalog"));
        damage.happens.accept(data.resolve("chunks/2/index"));
        cluster.restart(hurt);
        assertAllIsThere(cluster, hurt);
        assertThat(data.resolve("catalog/SNAPSHOT-COMPLETE")).as(damage.name).exists();
        assertThat(data.resolve("catalog.condemned")).doesNotExist();
        assertThat(quarantined(data, GroupName.CATALOG)).as(damage.name).hasSize(1);
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void rotThatIsFoundWhileTheNodeRunsStopsItAndTheNextStartReplacesTheStore() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      put(client, 40);
      cluster.awaitSameState();
      String hurt = cluster.follower();
      cluster.kill(hurt);
      Path tables = cluster.data(hurt).resolve("catalog");
      flip(file(tables, ".sst"), 0.1);
      cluster.restart(hurt);
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.failures().stream().anyMatch(line -> line.contains("given up")));
      assertThat(cluster.data(hurt).resolve("catalog.condemned")).exists();
      cluster.kill(hurt);
      cluster.restart(hurt);
      assertAllIsThere(cluster, hurt);
    }
  }

  /** As a crash leaves it behind the entry that takes it in, where the new store has that entry. */
  @Test
  void aReplicaWhoseStoreIsReplacedBehindItsReturnIsTakenInOnceMore() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      put(client, 10);
      cluster.awaitSameState();
      String hurt = cluster.follower();
      String group =
          cluster.node(hurt).condition().replicas().stream()
              .filter(replica -> replica.name().equals(GroupName.CATALOG))
              .findFirst()
              .orElseThrow()
              .groupId();
      cluster.kill(hurt);
      put(client, 40);
      Path data = cluster.data(hurt);
      Path raft = data.resolve("raft").resolve(group);
      Files.delete(raft.resolve("current/raft-meta.conf"));
      Files.deleteIfExists(raft.resolve("configuration"));
      Files.createDirectories(data.resolve("rejoin"));
      RejoinMark.damaged("a test says so")
          .removedAt(new LogPosition(1, 1))
          .write(Disk.real(), data.resolve("rejoin/catalog"));
      condemn(data.resolve("catalog"));
      cluster.restart(hurt);
      await().atMost(PATIENCE).until(() -> Files.notExists(data.resolve("rejoin/catalog")));
      assertAllIsThere(cluster, hurt);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void aNodeThatNobodyCanHelpStaysUpWithoutTheGroup() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 1)) {
      cluster.kill("n1");
      condemn(cluster.data("n1").resolve("catalog"));
      cluster.restart("n1");
      assertThat(cluster.node("n1").condition().replicas())
          .filteredOn(replica -> replica.absence().isPresent())
          .extracting(ClusterNode.Replica::name)
          .containsExactly(GroupName.CATALOG);
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.node("n1").rebuilding().containsValue("a test says so"));
      assertThat(cluster.failures()).isEmpty();
      assertThat(cluster.data("n1").resolve("catalog.condemned")).exists();
    }
  }

  /** Ratis fails to open a replica to which a leader speaks in that moment; nobody may. */
  @Test
  void groupsThatAreOpenedLateOpenUnderLeadersThatSpeakAllTheTime() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      put(client, 10);
      for (int round = 0; round < LATE_ROUNDS; round++) {
        String hurt = cluster.follower();
        cluster.kill(hurt);
        // Leaders purge what it lacks, so they ask it to install a snapshot, without a pause.
        put(client, 40);
        Path data = cluster.data(hurt);
        for (String store : List.of("catalog", "chunks/1", "chunks/2", "chunks/3")) {
          condemn(data.resolve(store));
        }
        Thread writer = Thread.ofPlatform().start(() -> putSome(client));
        cluster.restart(hurt);
        writer.join();
        assertAllIsThere(cluster, hurt);
        assertThat(cluster.failures()).isEmpty();
      }
    }
  }

  private void putSome(BalsaClient client) {
    try {
      put(client, 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LocalCluster start() {
    return LocalCluster.start(
        folder,
        3,
        "raft.election-timeout-min-ms=1000",
        "raft.election-timeout-max-ms=2000",
        "raft.snapshot-every-entries=10",
        "raft.purge-keep-entries=0",
        "raft.segment-bytes-max=1048576",
        "raft.log-bytes-max=1048576");
  }

  private void put(BalsaClient client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[20_000];
      random.nextBytes(bytes);
      String path = "object-" + objects.size();
      client
          .objects()
          .put(
              DATASET,
              path,
              Source.of(bytes),
              PutOptions.DEFAULT.withMetadata(Map.of("filler", "x".repeat(8_000))))
          .orElseThrow();
      objects.put(path, bytes);
    }
  }

  private void assertAllIsThere(LocalCluster cluster, String node) throws Exception {
    await().atMost(PATIENCE).until(() -> cluster.node(node).condition().replicas().size() == 4);
    cluster.awaitLeaders();
    cluster.awaitSameState();
    try (BalsaClient client =
        BalsaClient.connect(ClientOptions.of(List.of(cluster.endpoint(node))))) {
      for (Map.Entry<String, byte[]> object : objects.entrySet()) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.objects().get(DATASET, object.getKey(), GetOptions.DEFAULT, out).orElseThrow();
        assertThat(out.toByteArray()).isEqualTo(object.getValue());
      }
    }
  }

  private static List<Path> quarantined(Path data, GroupName group) throws IOException {
    try (Stream<Path> kept = Files.list(data.resolve("quarantine"))) {
      return kept.filter(path -> path.toString().endsWith("-" + group + "-store")).toList();
    }
  }

  private static Path storeOf(Path tables) {
    return tables.endsWith("index") ? tables.getParent() : tables;
  }

  private static void condemn(Path store) {
    try {
      StoreCondemnation.write(Disk.real(), store, "a test says so");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteAll(Path tables) {
    try {
      Disk.real().deleteTree(tables);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file whose name has a part. */
  private static Path file(Path tables, String part) {
    try (Stream<Path> files = Files.list(tables)) {
      return files
          .filter(file -> file.getFileName().toString().contains(part))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void cut(Path file, double share) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length * share)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void flip(Path file, double where) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[(int) (bytes.length * where)] ^= 16;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
