package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A disk that objects fill and deletes empty, again and again. */
class SmallDiskTest {
  private static final int MIB = 1 << 20;
  private static final int DISK_MIB = 160;
  private static final int ROUNDS = 2;
  private static final Duration SPACE_RETURNS_MAX = Duration.ofSeconds(60);
  private static final String FULL = "No space left on device";

  /** Space comes back as fast as it can. */
  private static final List<String> SETTINGS =
      List.of(
          "raft.segment-bytes-max=1048576",
          "raft.snapshot-every-entries=25",
          "raft.purge-keep-entries=0",
          "raft.first-election-timeout-min-ms=50",
          "raft.first-election-timeout-max-ms=150",
          "chunks.chunk-bytes=1048576",
          "collection.retained-revisions=5",
          "collection.retained-for-ms=100",
          "collection.grace-ms=1000",
          "collection.pause-ms=100",
          "compaction.dead-bytes-min=1048576");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final Map<String, Content> living = new TreeMap<>();
  private int number;

  /** What a test does with a node on a small disk. */
  @FunctionalInterface
  private interface Story {
    void tell(SmallDisk disk, BalsaClient client) throws IOException;
  }

  private void withNode(int packMib, int refuseBelowMib, Story story) throws IOException {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.add("chunks.pack-bytes-max=" + packMib * MIB);
    settings.add("disk.refuse-writes-below-bytes=" + refuseBelowMib * MIB);
    settings.add("disk.hand-over-below-bytes=" + refuseBelowMib / 2 * MIB);
    settings.add("disk.start-needs-bytes=" + 4 * MIB);
    try (SmallDisk disk = SmallDisk.mount(folder, DISK_MIB)) {
      var shape = new ProcessCluster.Shape("256m", 1, disk.folder(), settings);
      try (ProcessCluster cluster = ProcessCluster.form(folder, 1, shape);
          BalsaClient client = client(cluster)) {
        client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
        story.tell(disk, client);
        assertThat(cluster.process("n1").isAlive()).isTrue();
        assertThat(cluster.process("n1").printed()).doesNotContain(FULL);
      }
    }
  }

  @Test
  @Timeout(300)
  void spaceThatDeletesFreeIsWrittenAgainAndTheDiskIsNeverFull() throws IOException {
    withNode(
        8,
        48,
        (disk, client) -> {
          int first = fillUntilRefused(client);
          System.err.printf(
              "%d MiB on a disk of %d, %d MiB are free%n", first, DISK_MIB, disk.freeBytes() / MIB);
          for (int round = 1; round <= ROUNDS; round++) {
            deleteAllBut(3, client);
            long deletedNanos = System.nanoTime();
            // Nine of ten of what fitted before; the rest is logs and rows of what was deleted.
            putUntilThereAre(client, first * 9 / 10);
            System.err.printf(
                "round %d: %d ms after the deletes there are %d MiB again, %d MiB are free%n",
                round,
                (System.nanoTime() - deletedNanos) / 1_000_000,
                living.size(),
                disk.freeBytes() / MIB);
            assertAllReadable(client);
          }
        });
  }

  /** What lives in a pack is copied before the pack goes; here the copy would not fit. */
  @Test
  @Timeout(300)
  void aCompactionThatWouldFillTheDiskWaitsUntilThereIsRoom() throws IOException {
    withNode(
        64,
        32,
        (disk, client) -> {
          int first = fillUntilRefused(client);
          List<String> paths = new ArrayList<>(living.keySet());
          delete(client, paths.stream().filter(path -> paths.indexOf(path) % 4 == 0).toList());
          // Compaction looks every two seconds.
          await().during(Duration.ofSeconds(5)).until(() -> disk.freeBytes() > 4 * MIB);
          assertAllReadable(client);
          deleteAllBut(4, client);
          putUntilThereAre(client, first * 3 / 4);
          assertAllReadable(client);
        });
  }

  private static BalsaClient client(ProcessCluster cluster) {
    return BalsaClient.connect(
        ClientOptions.of(cluster.endpoints())
            .withDeadline(Duration.ofSeconds(3))
            .withChunkBytes(MIB)
            .withTransfers(4, 4 * MIB));
  }

  private int fillUntilRefused(BalsaClient client) throws IOException {
    while (living.size() < DISK_MIB) {
      Optional<Refusal> refusal = put(client);
      if (refusal.isPresent()) {
        return living.size();
      }
    }
    throw new AssertionError("the disk takes more than it holds");
  }

  private void putUntilThereAre(BalsaClient client, int objects) throws IOException {
    long endNanos = System.nanoTime() + SPACE_RETURNS_MAX.toNanos();
    while (living.size() < objects) {
      assertThat(System.nanoTime()).as("%d of %d", living.size(), objects).isLessThan(endNanos);
      var _ = put(client);
    }
  }

  /** Puts a MiB; why that is refused, if it is. */
  private Optional<Refusal> put(BalsaClient client) throws IOException {
    String path = "o" + ++number;
    Content content = Content.of(number, MIB);
    PutOptions options = PutOptions.DEFAULT;
    while (true) {
      switch (client.objects().put("demo", path, Source.of(content.bytes()), options)) {
        case Result.Yes<?> _ -> {
          living.put(path, content);
          return Optional.empty();
        }
        case Result.No<?>(Refusal refusal) -> {
          assertThat(refusal.code()).isEqualTo(RefusalCode.RESOURCE_EXHAUSTED);
          assertThat(refusal.reason()).isEqualTo("DISK_FULL");
          return Optional.of(refusal);
        }
        // A slow machine; the same request again.
        case Result.Unknown<?>(String id, String _) ->
            options = options.with(WriteOptions.DEFAULT.withRequestId(id));
      }
    }
  }

  /** Every so many stays, so that all packs hold what lives and what does not. */
  private void deleteAllBut(int every, BalsaClient client) {
    List<String> paths = new ArrayList<>(living.keySet());
    delete(client, paths.stream().filter(path -> paths.indexOf(path) % every != 0).toList());
  }

  private void delete(BalsaClient client, List<String> paths) {
    for (String path : paths) {
      var _ = client.objects().delete("demo", path, DeleteOptions.DEFAULT).orElseThrow();
      living.remove(path);
    }
  }

  private void assertAllReadable(BalsaClient client) throws IOException {
    for (Map.Entry<String, Content> one : living.entrySet()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(MIB);
      var _ = client.objects().get("demo", one.getKey(), GetOptions.DEFAULT, bytes).orElseThrow();
      assertThat(bytes.toByteArray()).isEqualTo(one.getValue().bytes());
    }
  }
}
