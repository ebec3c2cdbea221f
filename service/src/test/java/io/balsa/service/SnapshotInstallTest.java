package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.catalog.ClosableView;
import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.ChunkId;
import io.balsa.model.DatasetName;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.model.ObjectPath;
import io.balsa.model.Sha256;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.replica.SnapshotLoans;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.cluster.SnapshotMeter;
import io.balsa.service.cluster.SnapshotTap;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import io.balsa.snapshot.SnapshotSwap;
import io.grpc.ClientInterceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica that was away for longer than the log reaches. The logs here are purged after every few
 * entries, and keep none for late members.
 */
class SnapshotInstallTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DATASET = "demo";
  private static final GroupName CHUNKS = GroupName.chunks(1);
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?([0-9]+).*");

  /** Chunks of one entry: so many that their headers soon fill a log segment. */
  private static final int CHUNKS_AT_ONCE = 4_000;

  @TempDir private Path folder;

  private final Map<ChunkId, ByteBuffer> chunks = new HashMap<>();
  private final ConcurrentMap<String, Long> objects = new ConcurrentHashMap<>();
  private final AtomicInteger unknown = new AtomicInteger();
  private int written;

  @Test
  void aReplicaThatWasAwayForLongInstallsASnapshotWhileWritesGoOnAndDoesSoAgain() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      for (int round = 1; round <= 2; round++) {
        String away = leaveBehind(cluster, client);
        Thread writer = writeOn(client, "round-" + round);
        cluster.restart(away);
        awaitInstalled(cluster, away);
        writer.interrupt();
        writer.join();
        assertAllIsThere(cluster, away);
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void theInstallSurvivesTheDeathOfTheSource() throws Exception {
    SnapshotTap tap = new SnapshotTap();
    try (LocalCluster cluster = start(tap);
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      String away = leaveBehind(cluster, client);
      cluster.restart(away);
      String source = cluster.nodeAt(tap.awaitStopped());
      cluster.kill(source);
      tap.open();
      awaitInstalled(cluster, away);
      cluster.restart(source);
      assertAllIsThere(cluster, away);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void theInstallSurvivesTheDeathOfTheTarget() throws Exception {
    SnapshotTap tap = new SnapshotTap();
    try (LocalCluster cluster = start(tap);
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      String away = leaveBehind(cluster, client);
      cluster.restart(away);
      tap.awaitStopped();
      cluster.kill(away);
      tap.open();
      cluster.restart(away);
      awaitInstalled(cluster, away);
      assertAllIsThere(cluster, away);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void aTargetThatIsRestartedInTheMiddleGoesOnWhereItWas() throws Exception {
    SnapshotMeter meter = new SnapshotMeter(8L << 20);
    try (LocalCluster cluster = start(meter);
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      for (int i = 0; i < 4; i++) {
        putChunks(cluster, 16, 256 << 10);
      }
      String away = leaveBehind(cluster, client);
      cluster.restart(away);
      meter.awaitStopped();
      cluster.kill(away);
      meter.open();
      cluster.restart(away);
      awaitInstalled(cluster, away);
      long whole = installedPackBytes(cluster, away);
      assertThat(whole).isGreaterThan(16L << 20);
      // A file of at most a mebibyte was on its way, and what the connection held.
      assertThat(meter.bytes()).isBetween(whole, whole + (3L << 20));
      assertAllIsThere(cluster, away);
      assertThat(cluster.data(away).resolve("chunks/1.staging")).doesNotExist();
      for (String node : cluster.nodes()) {
        await().atMost(PATIENCE).until(() -> isEmpty(cluster.data(node).resolve("outgoing")));
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** Of all chunk groups that came by a snapshot. */
  private static long installedPackBytes(LocalCluster cluster, String node) throws IOException {
    long bytes = 0;
    for (int group = 1; group <= 3; group++) {
      Path marker = cluster.data(node).resolve("chunks/" + group + "/SNAPSHOT-COMPLETE");
      if (Files.exists(marker)) {
        bytes +=
            SnapshotManifest.decode(ByteBuffer.wrap(Files.readAllBytes(marker))).entries().stream()
                .filter(file -> file.relativePath().startsWith("pack-"))
                .mapToLong(SnapshotManifest.Entry::bytes)
                .sum();
      }
    }
    return bytes;
  }

  @Test
  void theInstallSurvivesAChangeOfLeaders() throws Exception {
    SnapshotTap tap = new SnapshotTap();
    try (LocalCluster cluster = start(tap);
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      String away = leaveBehind(cluster, client);
      cluster.restart(away);
      String source = cluster.nodeAt(tap.awaitStopped());
      cluster.isolate(source);
      // Without the one that installs there is no majority, so there is a leader, but none is
      // ready.
      await().atMost(PATIENCE).until(() -> !knowsAsLeader(cluster, away, source));
      tap.open();
      cluster.awaitLeaders();
      fillCatalog(client, 20);
      cluster.heal();
      awaitInstalled(cluster, away);
      assertAllIsThere(cluster, away);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void aSnapshotThatWasDecidedOnGoesLiveAtTheNextStartWhateverIsLeftOfTheLog() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      String away = leaveBehind(cluster, client);
      Path catalog = cluster.data(away).resolve("catalog");
      Path chunkGroup = cluster.data(away).resolve("chunks/1");
      decide(cluster, GroupName.CATALOG, catalog);
      decide(cluster, CHUNKS, chunkGroup);
      // One crash came before Ratis had purged its log, the other one after.
      for (Path segment : segments(cluster, away, CHUNKS)) {
        Files.delete(segment);
      }
      cluster.restart(away);
      assertThat(catalog.resolve("SNAPSHOT-COMPLETE")).exists();
      assertThat(chunkGroup.resolve("SNAPSHOT-COMPLETE")).exists();
      assertAllIsThere(cluster, away);
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void logsStaySmallUnderManyWritesWhileANodeIsDown() throws Exception {
    try (LocalCluster cluster = start();
        BalsaClient client = cluster.client()) {
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      cluster.kill(cluster.follower());
      cluster.awaitLeaders();
      for (int mebibyte = 0; mebibyte < 12; mebibyte++) {
        fillCatalog(client, 130);
        for (String node : cluster.nodes()) {
          assertThat(logBytes(cluster, node, GroupName.CATALOG)).isLessThan(8L << 20);
        }
      }
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private static boolean knowsAsLeader(LocalCluster cluster, String node, String leader) {
    return cluster.node(node).condition().replicas().stream()
        .anyMatch(replica -> replica.progress().leaderNodeId().filter(leader::equals).isPresent());
  }

  private LocalCluster start(ClientInterceptor... taps) {
    return LocalCluster.start(
        folder,
        3,
        List.of(taps),
        "raft.election-timeout-min-ms=1000",
        "raft.election-timeout-max-ms=2000",
        "raft.snapshot-every-entries=10",
        "raft.purge-keep-entries=0",
        "chunks.pack-bytes-max=1048576",
        "raft.segment-bytes-max=1048576",
        "raft.log-bytes-max=1048576");
  }

  /** Stops a node, and writes until the others' logs do not reach back to its last entries. */
  private String leaveBehind(LocalCluster cluster, BalsaClient client) throws Exception {
    fillCatalog(client, 10);
    fillChunks(cluster);
    cluster.awaitSameState();
    String away = cluster.follower();
    Map<GroupName, Long> last = new HashMap<>();
    for (ClusterNode.Replica replica : cluster.node(away).condition().replicas()) {
      last.put(replica.name(), replica.progress().appliedIndex());
    }
    cluster.kill(away);
    cluster.awaitLeaders();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              fillCatalog(client, 70);
              return firstIndex(cluster, GroupName.CATALOG) > last.get(GroupName.CATALOG) + 1;
            });
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              fillChunks(cluster);
              return firstIndex(cluster, CHUNKS) > last.get(CHUNKS) + 1;
            });
    return away;
  }

  /** Puts objects whose metadata soon fills a log segment. */
  private void fillCatalog(BalsaClient client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      put(client, "object-" + written++, Map.of("filler", "x".repeat(8_000)));
    }
  }

  private void put(BalsaClient client, String path, Map<String, String> metadata)
      throws IOException {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    client
        .objects()
        .put(DATASET, path, Source.of(bytes), PutOptions.DEFAULT.withMetadata(metadata))
        .orElseThrow();
    objects.put(path, (long) bytes.length);
  }

  private void fillChunks(LocalCluster cluster) {
    putChunks(cluster, CHUNKS_AT_ONCE, Long.BYTES);
  }

  private void putChunks(LocalCluster cluster, int count, int length) {
    List<ChunkGroup.Payload> payloads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteBuffer bytes = ByteBuffer.allocate(length).putLong(0, written++);
      payloads.add(new ChunkGroup.Payload(new ChunkId(Sha256.of(bytes)), bytes));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster
                    .leader(CHUNKS)
                    .map(leader -> chunkGroup(cluster, leader).put(payloads, PATIENCE))
                    .filter(outcome -> outcome instanceof Outcome.Committed)
                    .isPresent());
    payloads.forEach(payload -> chunks.put(payload.id(), payload.bytes()));
  }

  private static ChunkGroup chunkGroup(LocalCluster cluster, String node) {
    return cluster.node(node).groups().orElseThrow().chunks().getFirst();
  }

  /** Puts one object after the other until it is interrupted. */
  private Thread writeOn(BalsaClient client, String prefix) {
    return Thread.ofPlatform()
        .start(
            () -> {
              for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                try {
                  put(client, prefix + "/" + i, Map.of());
                } catch (IOException | RuntimeException e) {
                  // It may be there or not, so it is not among those that must be.
                  unknown.incrementAndGet();
                }
              }
            });
  }

  private static void awaitInstalled(LocalCluster cluster, String node) {
    Path data = cluster.data(node);
    Path catalog = data.resolve("catalog/SNAPSHOT-COMPLETE");
    Path chunkGroup = data.resolve("chunks/1/SNAPSHOT-COMPLETE");
    await().atMost(PATIENCE).until(() -> Files.exists(catalog) && Files.exists(chunkGroup));
  }

  private void assertAllIsThere(LocalCluster cluster, String node) throws Exception {
    cluster.awaitSameState();
    CatalogGroup catalog = cluster.node(node).groups().orElseThrow().catalog();
    catalog.gate().barrier(PATIENCE);
    try (ClosableView view = catalog.view()) {
      long dataset = view.dataset(new DatasetName(DATASET)).orElseThrow().id();
      for (Map.Entry<String, Long> object : objects.entrySet()) {
        try (var history = view.history(dataset, new ObjectPath(object.getKey()))) {
          assertThat(history.next().content().orElseThrow().size()).isEqualTo(object.getValue());
        }
      }
    }
    ChunkGroup group = chunkGroup(cluster, node);
    for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
      assertThat(group.read(chunk.getKey())).contains(chunk.getValue());
    }
  }

  /** The first index in the logs of all running nodes, the least of them. */
  private static long firstIndex(LocalCluster cluster, GroupName group) throws IOException {
    long first = Long.MAX_VALUE;
    for (String node : cluster.nodes()) {
      for (Path segment : segments(cluster, node, group)) {
        Matcher name = SEGMENT.matcher(segment.getFileName().toString());
        first = name.matches() ? Math.min(first, Long.parseLong(name.group(1))) : first;
      }
    }
    return first;
  }

  private static long logBytes(LocalCluster cluster, String node, GroupName group)
      throws IOException {
    long bytes = 0;
    for (Path segment : segments(cluster, node, group)) {
      bytes += Files.exists(segment) ? Files.size(segment) : 0;
    }
    return bytes;
  }

  private static List<Path> segments(LocalCluster cluster, String node, GroupName group)
      throws IOException {
    String groupId =
        cluster.node(cluster.nodes().getFirst()).condition().replicas().stream()
            .filter(replica -> replica.name().equals(group))
            .findFirst()
            .orElseThrow()
            .groupId();
    try (Stream<Path> files =
        Files.list(cluster.data(node).resolve("raft").resolve(groupId).resolve("current"))) {
      return files
          .filter(file -> SEGMENT.matcher(file.getFileName().toString()).matches())
          .toList();
    }
  }

  /** What an install does up to the decision, on a node that is down. */
  private static void decide(LocalCluster cluster, GroupName group, Path live) throws Exception {
    String source = cluster.leader(group).orElseThrow();
    SnapshotFetcher.Need any =
        new SnapshotFetcher.Need(group, Optional.empty(), 0, LogPosition.START);
    try (SnapshotLoans.Loan lent =
            cluster.node(source).snapshots().loans().lend(any).orElseThrow();
        SnapshotReceiver receiver =
            SnapshotReceiver.begin(
                Disk.real(), SnapshotSwap.staging(live), lent.source().manifest())) {
      for (SnapshotManifest.Entry file : lent.source().manifest().entries()) {
        for (long at = 0; at < file.bytes(); at = receiver.received(file.relativePath())) {
          receiver.accept(
              file.relativePath(), at, lent.source().read(file.relativePath(), at, 1 << 20));
        }
      }
      receiver.finish();
    }
    new SnapshotSwap(Disk.real(), live).decide();
  }
}
