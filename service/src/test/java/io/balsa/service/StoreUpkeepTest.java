package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.CompactRequest;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetChunksResponse;
import io.balsa.api.v1.GetMaintenanceRequest;
import io.balsa.api.v1.GetMaintenanceResponse;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ScrubRequest;
import io.balsa.api.v1.ScrubResponse;
import io.balsa.api.v1.StoreStatus;
import io.balsa.api.v1.TakeSnapshotRequest;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.Sha256;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.upkeep.Upkeep;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rot, lost packs and deleted chunks on running nodes. */
class StoreUpkeepTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final GroupName GROUP = GroupName.chunks(1);
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int CHUNKS_AT_ONCE = 10;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Map<ChunkId, ByteBuffer> chunks = new ConcurrentHashMap<>();

  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  @TempDir private Path folder;

  @AfterEach
  void closeChannels() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  @Test
  void rotUnderARunningNodeIsFoundAndRepairedAndReadersSeeRightBytesThroughout() throws Exception {
    try (LocalCluster cluster = start()) {
      put(cluster, 100, CHUNK_BYTES);
      // A bad record that is not applied yet is found when its pack is given up, after the scrub.
      cluster.awaitSameState();
      String node = follower(cluster);
      for (Path pack : packs(cluster, node)) {
        for (int flip = 0; flip < 5; flip++) {
          flipBit(pack);
        }
      }
      try (Reading _ = new Reading(cluster, node)) {
        List<ScrubResponse> progress = scrub(cluster, node);
        ScrubResponse last = progress.getLast();
        assertThat(last.getFound()).as("-Dseed=%d", seed).isPositive();
        assertThat(last.getLost()).isZero();
        assertThat(last.getBytesDone()).isGreaterThan(100L * CHUNK_BYTES);
      }
      assertAllIsHere(cluster, node);
      await().atMost(PATIENCE).until(() -> store(cluster, node).getDamagedPacks() == 0);
      assertThat(scrub(cluster, node).getLast().getFound()).as("-Dseed=%d", seed).isZero();
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void packsThatAreMissingOrCutAtStartAreRepaired() throws Exception {
    try (LocalCluster cluster = start()) {
      put(cluster, 60, CHUNK_BYTES);
      String node = follower(cluster);
      snapshot(cluster, node);
      put(cluster, 20, CHUNK_BYTES);
      await().atMost(PATIENCE).until(() -> store(cluster, node).getLiveBytes() > 80L * CHUNK_BYTES);
      cluster.kill(node);
      List<Path> packs = packs(cluster, node);
      Files.delete(packs.getFirst());
      cut(packs.get(1));
      cut(packs.getLast());
      cluster.restart(node);
      await().atMost(PATIENCE).until(() -> isAllHere(cluster, node));
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void theSpaceOfRemovedChunksComesBackUnderLoad() throws Exception {
    try (LocalCluster cluster = start()) {
      put(cluster, 160, CHUNK_BYTES);
      List<ChunkId> removed = remove(cluster, 80);
      cluster.awaitSameState();
      for (String node : cluster.nodes()) {
        assertThat(store(cluster, node).getPackBytes()).isGreaterThan(150L * CHUNK_BYTES);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> putUntil(cluster, done));
        try (Reading _ = new Reading(cluster, node)) {
          var progress = nodes(cluster, node).compact(CompactRequest.getDefaultInstance());
          progress.forEachRemaining(_ -> {});
        } finally {
          done.set(true);
          writer.join();
        }
        StoreStatus after = store(cluster, node);
        assertThat(after.getPackBytes()).isLessThan((long) (after.getLiveBytes() * 1.15));
        System.out.printf(
            "%s: %d live bytes in %d bytes of packs after half was deleted%n",
            node, after.getLiveBytes(), after.getPackBytes());
      }
      for (String node : cluster.nodes()) {
        assertAllIsHere(cluster, node);
        assertThat(group(cluster, node).contains(removed.getFirst())).isFalse();
      }
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  /** The leader has the log entries of chunks whose bytes it has no more. */
  @Test
  void aMemberThatWasAwayIsBroughtPastChunksThatAreRemoved() throws Exception {
    try (LocalCluster cluster = start("chunks.window-bytes=16777216")) {
      String away = follower(cluster);
      cluster.kill(away);
      put(cluster, 160, CHUNK_BYTES);
      remove(cluster, 100);
      put(cluster, 10, CHUNK_BYTES);
      for (String node : cluster.nodes()) {
        nodes(cluster, node).compact(CompactRequest.getDefaultInstance()).forEachRemaining(_ -> {});
      }
      cluster.restart(away);
      cluster.awaitSameState();
      assertAllIsHere(cluster, away);
      assertThat(store(cluster, away).getLost()).isZero();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  @Test
  void aLostChunkIsBackSoon() throws Exception {
    try (LocalCluster cluster = start()) {
      put(cluster, 1, 4 << 20);
      ChunkId id = chunks.keySet().iterator().next();
      String node = follower(cluster);
      Path pack = packs(cluster, node).getLast();
      try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(new byte[64]), 10_000);
      }
      long start = System.nanoTime();
      assertThat(get(cluster, node, id)).isEqualTo(chunks.get(id));
      long read = System.nanoTime();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> isAllHere(cluster, node));
      long repaired = System.nanoTime();
      System.out.printf(
          "a chunk of 4 MiB that is bad: read from another member in %d ms, repaired after %d ms%n",
          (read - start) / 1_000_000, (repaired - start) / 1_000_000);
      ScrubResponse scrubbed = scrub(cluster, node).getLast();
      assertThat(scrubbed.getLost()).isZero();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  /** A round that began anew would read more than there is, one that skipped something less. */
  @Test
  void aNodeScrubsByItselfAndGoesOnAfterARestart() throws Exception {
    try (LocalCluster cluster = start(1, "scrub.bytes-per-second=2097152", "scrub.pause-ms=3000")) {
      put(cluster, 128, CHUNK_BYTES);
      long putMillis = System.currentTimeMillis();
      long half = 128L * CHUNK_BYTES * 4 / 10;
      Upkeep.ScrubState seen =
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(10))
              .until(
                  () -> scrubState(cluster),
                  now -> now.startedMillis() > putMillis && now.bytesDone() > half);
      cluster.kill("n1");
      Path note = cluster.data("n1").resolve("scrub");
      assertThat(noted(note, "target")).isEqualTo("chunks-1/packs");
      long notedBytes = Long.parseLong(noted(note, "bytes_done"));
      assertThat(notedBytes).isGreaterThanOrEqualTo(seen.bytesDone());

      cluster.restart("n1");
      Upkeep.ScrubState first = scrubState(cluster);
      assertThat(first.enabled()).isTrue();
      assertThat(first.startedMillis()).isEqualTo(seen.startedMillis());
      assertThat(first.bytesDone()).isGreaterThanOrEqualTo(notedBytes);
      Upkeep.ScrubState done =
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(10))
              .until(() -> scrubState(cluster), now -> now.at().isEmpty());
      assertThat(done.startedMillis()).isEqualTo(seen.startedMillis());
      assertThat(done.completedMillis()).isGreaterThan(putMillis);
      assertThat(done.found()).isZero();
      long live = store(cluster, "n1").getLiveBytes();
      System.out.printf(
          "%d bytes were scrubbed before a restart and %d behind it; %d are live%n",
          notedBytes, done.bytesDone() - notedBytes, live);
      assertThat(done.bytesDone()).isBetween(live, live * 5 / 4);
    }
  }

  private static Upkeep.ScrubState scrubState(LocalCluster cluster) {
    return cluster.node("n1").upkeep().scrubState();
  }

  /** A line of the note, docs/formats/scrub.md. */
  private static String noted(Path note, String key) throws IOException {
    return Files.readAllLines(note).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  private LocalCluster start(String... settings) {
    return start(3, settings);
  }

  private LocalCluster start(int nodes, String... settings) {
    return LocalCluster.start(
        folder,
        nodes,
        Stream.concat(
                Stream.of(
                    "chunks.pack-bytes-max=1048576",
                    "scrub.bytes-per-second=0",
                    // Nothing here is about elections.
                    "raft.election-timeout-min-ms=1500",
                    "raft.election-timeout-max-ms=3000"),
                Stream.of(settings))
            .toArray(String[]::new));
  }

  private static ChunkGroup group(LocalCluster cluster, String node) {
    return cluster.node(node).groups().orElseThrow().chunks().getFirst();
  }

  private static String leader(LocalCluster cluster) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(() -> cluster.leader(GROUP).isPresent());
    return cluster.leader(GROUP).orElseThrow();
  }

  private static String follower(LocalCluster cluster) {
    String leader = leader(cluster);
    return cluster.nodes().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  private void put(LocalCluster cluster, int count, int bytes) {
    for (int i = 0; i < count; i += CHUNKS_AT_ONCE) {
      putAtOnce(cluster, random, Math.min(CHUNKS_AT_ONCE, count - i), bytes);
    }
  }

  private void putAtOnce(LocalCluster cluster, Random contents, int count, int bytes) {
    List<ChunkGroup.Payload> payload = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[bytes];
      contents.nextBytes(content);
      ChunkId id = new ChunkId(Sha256.of(ByteBuffer.wrap(content)));
      payload.add(new ChunkGroup.Payload(id, ByteBuffer.wrap(content)));
    }
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                group(cluster, leader(cluster)).put(payload, Duration.ofSeconds(10))
                    instanceof Outcome.Committed);
    payload.forEach(chunk -> chunks.put(chunk.id(), chunk.bytes()));
  }

  private void putUntil(LocalCluster cluster, AtomicBoolean done) {
    Random contents = new Random(seed + chunks.size());
    while (!done.get()) {
      putAtOnce(cluster, contents, 2, 5_000);
    }
  }

  private List<ChunkId> remove(LocalCluster cluster, int count) {
    List<ChunkId> ids = chunks.keySet().stream().limit(count).toList();
    Outcome<?> outcome = group(cluster, leader(cluster)).remove(1, ids).join();
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    ids.forEach(chunks::remove);
    return ids;
  }

  private static List<Path> packs(LocalCluster cluster, String node) throws IOException {
    try (Stream<Path> files = Files.list(cluster.data(node).resolve("chunks").resolve("1"))) {
      return files
          .filter(file -> file.toString().endsWith(".pack"))
          .sorted((one, other) -> Integer.compare(number(one), number(other)))
          .toList();
    }
  }

  private static int number(Path pack) {
    return Integer.parseInt(pack.getFileName().toString().replaceAll("[^0-9]", ""));
  }

  private void flipBit(Path pack) throws IOException {
    try (FileChannel file =
        FileChannel.open(pack, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long records = Math.min(file.size(), 900_000); // The last pack ends in zeros.
      long offset = random.nextLong(records);
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8)))).flip();
      file.write(one, offset);
    }
  }

  private static void cut(Path pack) throws IOException {
    try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 3);
    }
  }

  private boolean isAllHere(LocalCluster cluster, String node) {
    for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
      try {
        Optional<ByteBuffer> bytes = group(cluster, node).read(chunk.getKey());
        if (!bytes.equals(Optional.of(chunk.getValue()))) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private void assertAllIsHere(LocalCluster cluster, String node) throws IOException {
    for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .until(() -> group(cluster, node).contains(chunk.getKey()));
      assertThat(group(cluster, node).read(chunk.getKey())).contains(chunk.getValue());
    }
  }

  private ManagedChannel channel(LocalCluster cluster, String node) {
    return channels.computeIfAbsent(
        node, id -> ManagedChannelBuilder.forTarget(cluster.address(id)).usePlaintext().build());
  }

  private NodesGrpc.NodesBlockingStub nodes(LocalCluster cluster, String node) {
    return NodesGrpc.newBlockingStub(channel(cluster, node)).withWaitForReady();
  }

  private List<ScrubResponse> scrub(LocalCluster cluster, String node) {
    List<ScrubResponse> progress = new ArrayList<>();
    nodes(cluster, node).scrub(ScrubRequest.getDefaultInstance()).forEachRemaining(progress::add);
    return progress;
  }

  private void snapshot(LocalCluster cluster, String node) {
    var request = TakeSnapshotRequest.newBuilder().setGroup(GROUP.text()).build();
    nodes(cluster, node)
        .takeSnapshot(request)
        .forEachRemaining(taken -> assertThat(taken.getIndex()).isPositive());
  }

  private GetMaintenanceResponse maintenance(LocalCluster cluster, String node) {
    return nodes(cluster, node).getMaintenance(GetMaintenanceRequest.getDefaultInstance());
  }

  private StoreStatus store(LocalCluster cluster, String node) {
    return maintenance(cluster, node).getStores(0);
  }

  private ByteBuffer get(LocalCluster cluster, String node, ChunkId id) {
    ChunkRange range =
        ChunkRange.newBuilder()
            .setId(ByteString.copyFrom(id.sha256().toBytes()))
            .setGroup(1)
            .build();
    Iterator<GetChunksResponse> parts =
        ChunksGrpc.newBlockingStub(channel(cluster, node))
            .getChunks(GetChunksRequest.newBuilder().addRanges(range).build());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    parts.forEachRemaining(part -> bytes.writeBytes(part.getData().toByteArray()));
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** Reads all chunks from a node, over and over, until it is closed; then all were right. */
  private final class Reading implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicReference<Throwable> wrong = new AtomicReference<>();
    private final Thread thread;

    Reading(LocalCluster cluster, String node) {
      thread = Thread.ofPlatform().start(() -> run(cluster, node));
    }

    private void run(LocalCluster cluster, String node) {
      try {
        do {
          for (Map.Entry<ChunkId, ByteBuffer> chunk : chunks.entrySet()) {
            assertThat(get(cluster, node, chunk.getKey())).isEqualTo(chunk.getValue());
          }
        } while (!stop.get());
      } catch (RuntimeException | Error e) {
        wrong.set(e);
      }
    }

    @Override
    public void close() {
      stop.set(true);
      await().atMost(PATIENCE).until(() -> !thread.isAlive());
      assertThat(wrong.get()).as("-Dseed=%d", seed).isNull();
    }
  }
}
