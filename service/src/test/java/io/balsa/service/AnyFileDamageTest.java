package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ScrubRequest;
import io.balsa.api.v1.ScrubResponse;
import io.balsa.api.v1.TakeSnapshotRequest;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage to any file of the data folder of a node that is down: it serves no wrong byte when it
 * comes back, nothing acknowledged is lost, it does not stop itself again and again, and it ends
 * with the others' state, or refuses to start and says which file is to blame.
 *
 * <p>{@code -Dseed=} repeats a run, {@code -Danyfile.seconds=} makes it longer, {@code
 * -Danyfile.files=1} damages one file at a time, {@code -Danyfile.kind=} only files of one kind.
 */
class AnyFileDamageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** A node that stops itself more often for one damage is in a crash loop. */
  private static final int STOPS_MAX = 3;

  private static final int SCRUBS_MAX = 4;
  private static final String DATASET = "demo";
  private static final Consistency EVENTUAL =
      Consistency.newBuilder().setEventual(Consistency.Eventual.getDefaultInstance()).build();
  private static final String IDENTITY = "identity";

  private final Duration budget = Duration.ofSeconds(Long.getLong("anyfile.seconds", 80));
  private final int filesAtOnce = Integer.getInteger("anyfile.files", 8);
  private final String onlyKind = System.getProperty("anyfile.kind", "");
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @TempDir private Path folder;

  /** Paths that were acknowledged, with the seed of their bytes. */
  private final Map<String, Long> acknowledged = new TreeMap<>();

  private final List<String> outcomes = new ArrayList<>();
  private LocalCluster cluster;
  private BalsaClient client;

  /** One damage to come. */
  private record Case(String kind, FileDamage damage) {}

  @Test
  void damageToAnyFileEndsInRepairOrInARefusalAndNeverInAWrongByte() throws Exception {
    System.err.println("-Dseed=" + seed);
    long endNanos = System.nanoTime() + budget.toNanos();
    try (LocalCluster started = start();
        BalsaClient connected =
            BalsaClient.connect(started.clientOptions().withDeadline(Duration.ofSeconds(60)))) {
      cluster = started;
      client = connected;
      client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      put(40);
      settle("n1");
      snapshots();
      Set<String> seen = new HashSet<>();
      List<Case> left = new ArrayList<>();
      String victim = "";
      do {
        victim = next(victim);
        cluster.kill(victim);
        put(3);
        Map<String, List<Path>> kinds = FileKinds.in(cluster.data(victim));
        addNew(kinds.keySet(), seen, left);
        round(victim, kinds, left);
      } while (!left.isEmpty() && System.nanoTime() < endNanos);
      System.err.println(left.size() + " cases were left out for time: " + left);
    } finally {
      System.err.println("-Dseed=" + seed + "\n" + String.join("\n", outcomes));
    }
  }

  private LocalCluster start() {
    return LocalCluster.start(
        folder,
        3,
        "raft.election-timeout-min-ms=1000",
        "raft.election-timeout-max-ms=2000",
        "raft.snapshot-every-entries=20",
        "raft.purge-keep-entries=30",
        "raft.segment-bytes-max=1048576",
        "raft.log-bytes-max=4194304",
        "chunks.chunk-bytes=65536",
        "chunks.pack-bytes-max=1048576",
        "scrub.bytes-per-second=0",
        "disk.reserve-bytes=1048576");
  }

  /** Each kind once, in the front; then each kind with the other damages. */
  private void addNew(Set<String> kinds, Set<String> seen, List<Case> left) {
    List<Case> first = new ArrayList<>();
    List<Case> more = new ArrayList<>();
    for (String kind : kinds) {
      if (kind.contains(onlyKind) && seen.add(kind)) {
        List<FileDamage> damages = new ArrayList<>(List.of(FileDamage.values()));
        Collections.shuffle(damages, random);
        first.add(new Case(kind, damages.removeFirst()));
        damages.forEach(damage -> more.add(new Case(kind, damage)));
      }
    }
    Collections.shuffle(first, random);
    Collections.shuffle(more, random);
    left.addAll(0, first);
    left.addAll(more);
  }

  /** Some cases for one round; the identity is one by itself. */
  private List<Case> choose(Set<String> kinds, List<Case> left) {
    List<Case> chosen = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Case next : left) {
      boolean isIdentity = next.kind.equals(IDENTITY);
      // This file and its copy, both at once, are more than anything can tell.
      String subject = next.kind.replace("current/raft-meta.conf", "configuration");
      if (kinds.contains(next.kind) && !(isIdentity && !chosen.isEmpty()) && taken.add(subject)) {
        chosen.add(next);
        if (isIdentity || chosen.size() == filesAtOnce) {
          break;
        }
      }
    }
    left.removeAll(chosen);
    return chosen;
  }

  private void round(String victim, Map<String, List<Path>> kinds, List<Case> left)
      throws IOException {
    long beganNanos = System.nanoTime();
    List<String> damaged = new ArrayList<>();
    for (Case next : choose(kinds.keySet(), left)) {
      List<Path> files = kinds.get(next.kind);
      Path file = files.get(random.nextInt(files.size()));
      String how =
          next.kind.equals(IDENTITY)
              ? "refused, " + refused(victim, file, next.damage)
              : next.damage.strike(file, random);
      damaged.add(next.damage + " " + cluster.data(victim).relativize(file) + ": " + how);
    }
    System.err.println("round on " + victim + ": " + damaged);
    String outcome = comeBack(victim);
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    outcomes.add("%s %4.1f s %s: %s".formatted(victim, seconds, damaged, outcome));
  }

  /** A node that does not know who it is must not guess. */
  private String refused(String victim, Path file, FileDamage damage) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    String how = damage.strike(file, random);
    assertThatThrownBy(() -> cluster.restart(victim))
        .as("identity: %s", how)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(IDENTITY);
    Files.write(file, whole);
    return how;
  }

  /** As a supervisor does; and reads while it is not back yet. */
  private String comeBack(String victim) throws IOException {
    Set<Path> before = quarantined(victim);
    int stops = start(victim, 0);
    int served = readEventually(victim);
    stops = settle(victim, stops);
    long found = 0;
    for (int scrub = 0; ; scrub++) {
      assertThat(scrub).as("scrubs that do not end").isLessThan(SCRUBS_MAX);
      Optional<ScrubResponse> last = scrub(victim);
      int after = settle(victim, stops);
      found += last.map(ScrubResponse::getFound).orElse(0L);
      if (after == stops && last.isPresent() && last.get().getLost() == 0) {
        break;
      }
      stops = after;
    }
    readAll(victim);
    cluster.awaitSameState();
    Set<Path> kept = quarantined(victim);
    kept.removeAll(before);
    return "stopped itself %d times, scrub found %d, %d read before it was back, set aside %s"
        .formatted(stops, found, served, kept.stream().map(Path::getFileName).toList());
  }

  /** Starts it until it runs; returns how often it stopped itself up to now. */
  private int start(String victim, int stopsBefore) {
    int stops = stopsBefore;
    while (true) {
      try {
        cluster.restart(victim);
        return stops;
      } catch (UncheckedIOException | IllegalStateException e) {
        System.err.println(victim + " does not start: " + e + cluster.takeFailures());
        stops++;
        assertThat(stops).as("a crash loop: %s", e).isLessThanOrEqualTo(STOPS_MAX);
      }
    }
  }

  private int settle(String victim) {
    return settle(victim, 0);
  }

  /** Waits until a node is as the others, and starts it again where it stops itself. */
  private int settle(String victim, int stopsBefore) {
    int stops = stopsBefore;
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < endNanos) {
      List<String> own = cluster.takeFailures();
      if (!own.isEmpty()) {
        System.err.println("stopped itself: " + own);
        assertThat(own).allMatch(line -> line.startsWith(victim + ":"));
        stops++;
        assertThat(stops).as("a crash loop: %s", own).isLessThanOrEqualTo(STOPS_MAX);
        cluster.kill(victim);
        stops = start(victim, stops);
      } else if (isBack(victim)) {
        return stops;
      }
      pause();
    }
    throw new AssertionError(
        victim + " is not back: " + cluster.node(victim).condition().replicas());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean isBack(String victim) {
    List<ClusterNode.Replica> replicas = cluster.node(victim).condition().replicas();
    return replicas.size() == 4
        && replicas.stream().allMatch(replica -> replica.absence().isEmpty())
        && cluster.isSameState();
  }

  private String next(String victim) {
    List<String> others = cluster.nodes().stream().filter(id -> !id.equals(victim)).toList();
    return others.get(random.nextInt(others.size()));
  }

  private void snapshots() {
    for (String node : cluster.nodes()) {
      withNode(
          node,
          calls ->
              calls
                  .takeSnapshot(TakeSnapshotRequest.getDefaultInstance())
                  .forEachRemaining(_ -> {}));
    }
  }

  /** Empty where the node ended it. */
  private Optional<ScrubResponse> scrub(String node) {
    List<ScrubResponse> progress = new ArrayList<>();
    try {
      withNode(
          node,
          calls -> calls.scrub(ScrubRequest.getDefaultInstance()).forEachRemaining(progress::add));
    } catch (StatusRuntimeException e) {
      System.err.println("scrub of " + node + ": " + e.getStatus());
      return Optional.empty();
    }
    return progress.isEmpty() ? Optional.empty() : Optional.of(progress.getLast());
  }

  /** Calls to a node. */
  private interface Asking {
    void ask(NodesGrpc.NodesBlockingStub calls);
  }

  private void withNode(String node, Asking asking) {
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(cluster.address(node)).usePlaintext().build();
    try {
      asking.ask(
          NodesGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  private void put(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String path = "object-%04d".formatted(acknowledged.size());
      long content = random.nextLong();
      client
          .objects()
          .put(
              DATASET,
              path,
              Source.of(bytes(content)),
              PutOptions.DEFAULT.withMetadata(Map.of("filler", "x".repeat(8_000))))
          .orElseThrow();
      acknowledged.put(path, content);
    }
  }

  private static byte[] bytes(long content) {
    byte[] bytes = new byte[200_000];
    new Random(content).nextBytes(bytes);
    return bytes;
  }

  /** Whatever a node serves while it comes back must be right; how much that was. */
  private int readEventually(String node) {
    int served = 0;
    for (Map.Entry<String, Long> object : acknowledged.entrySet()) {
      try {
        assertThat(read(node, object.getKey(), EVENTUAL))
            .as(object.getKey())
            .isEqualTo(bytes(object.getValue()));
        served++;
      } catch (StatusRuntimeException e) {
        // Not there yet, which is no lie.
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
          return served;
        }
      }
    }
    return served;
  }

  private void readAll(String node) {
    for (Consistency level : List.of(Consistency.getDefaultInstance(), EVENTUAL)) {
      acknowledged.forEach(
          (path, content) ->
              assertThat(
                      await()
                          .atMost(PATIENCE)
                          .pollDelay(Duration.ZERO)
                          .ignoreExceptionsMatching(AnyFileDamageTest::isPassing)
                          .until(() -> read(node, path, level), _ -> true))
                  .as(path)
                  .isEqualTo(bytes(content)));
    }
  }

  private static boolean isPassing(Throwable problem) {
    return problem instanceof StatusRuntimeException refusal
        && refusal.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  /** What the node itself sends: the client would ask another one for what is wrong. */
  private byte[] read(String node, String path, Consistency level) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    cluster
        .calls(node)
        .objects()
        .getObject(
            GetObjectRequest.newBuilder()
                .setDataset(DATASET)
                .setPath(path)
                .setConsistency(level)
                .build())
        .forEachRemaining(part -> bytes.writeBytes(part.getData().toByteArray()));
    return bytes.toByteArray();
  }

  private Set<Path> quarantined(String node) throws IOException {
    Path quarantine = cluster.data(node).resolve("quarantine");
    if (!Files.exists(quarantine)) {
      return new HashSet<>();
    }
    try (Stream<Path> kept = Files.list(quarantine)) {
      return new HashSet<>(kept.toList());
    }
  }
}
