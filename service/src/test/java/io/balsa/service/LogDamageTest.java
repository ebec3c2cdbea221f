package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.RefusedException;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Watermark;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.grpc.ClusterNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage to the Raft files of a node that is down, while it alone shares acknowledged writes with
 * one other: nothing acknowledged is lost, nothing wrong is served, and the damaged replica does
 * not vote before its group's leader has taken it in again. A part of all rows; {@code
 * -Ddamage.all=true} for each damage in both roles, with and without the other holder.
 */
class LogDamageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For both roles, and with and without the other holder. */
  private static final Set<LogDamage> TWICE =
      EnumSet.of(
          LogDamage.CUT_HALF, LogDamage.ZERO_TAIL, LogDamage.DELETE_FOLDER, LogDamage.OTHER_VOTE);

  /** All rows, which takes a quarter of an hour. */
  private static final boolean ALL = Boolean.getBoolean("damage.all");

  private static final List<Boolean> BOTH = List.of(true, false);

  @TempDir private Path folder;

  /** Paths that were acknowledged, with the seed of their bytes. */
  private final Map<String, Long> acknowledged = new TreeMap<>();

  private final Random random = new Random(7);

  private static BalsaClient client(LocalCluster cluster) {
    return BalsaClient.connect(
        cluster.clientOptions().withChunkBytes(64 << 10).withDeadline(Duration.ofSeconds(60)));
  }

  private static LocalCluster cluster(Path folder) {
    return LocalCluster.start(folder, 3, "chunks.chunk-bytes=65536");
  }

  private void put(BalsaClient client, String prefix, int count) throws IOException {
    for (int number = 0; number < count; number++) {
      String path = prefix + "/" + number;
      long seed = random.nextLong();
      client.objects().put("demo", path, Source.of(bytes(seed)), PutOptions.DEFAULT).orElseThrow();
      acknowledged.put(path, seed);
    }
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[100_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void everyNodeHas(BalsaClient client, LocalCluster cluster, String prefix) {
    acknowledged.forEach(
        (path, seed) -> {
          if (path.startsWith(prefix)) {
            for (String node : cluster.nodes()) {
              ReadOptions here = ReadOptions.DEFAULT.onNode(cluster.endpoint(node));
              assertThat(get(client, path, GetOptions.DEFAULT.with(here)))
                  .as("%s on %s", path, node)
                  .isEqualTo(bytes(seed));
            }
          }
        });
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

  private static List<ClusterNode.Replica> replicas(LocalCluster cluster, String node) {
    return cluster.node(node).condition().replicas();
  }

  /** Waits until what a node has forced by now is in its watermark. */
  private static void awaitWatermark(LocalCluster cluster, String node) {
    List<ClusterNode.Replica> now = replicas(cluster, node);
    String peerId = cluster.node(node).identity().member().peerId();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              try (Watermark watermark =
                  Watermark.open(Disk.real(), cluster.data(node).resolve("watermark"), peerId)) {
                for (ClusterNode.Replica replica : now) {
                  assertThat(watermark.mark(replica.name()).orElseThrow().flushed().index())
                      .isGreaterThanOrEqualTo(replica.progress().commitIndex());
                }
              }
            });
  }

  private static Path raft(LocalCluster cluster, String node, String groupId) {
    return cluster.data(node).resolve("raft").resolve(groupId);
  }

  private static List<String> groups(LocalCluster cluster, String node) {
    return replicas(cluster, node).stream().map(ClusterNode.Replica::groupId).toList();
  }

  private static void awaitVoter(LocalCluster cluster, String node) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(replicas(cluster, node))
                    .allSatisfy(replica -> assertThat(replica.absence()).isEmpty()));
  }

  /** None of a node's replicas takes part. */
  private static void assertAbsent(LocalCluster cluster, String node) {
    assertThat(replicas(cluster, node))
        .hasSize(4)
        .allSatisfy(
            replica -> {
              assertThat(replica.absence()).isPresent();
              assertThat(replica.role()).isEqualTo(ClusterNode.Role.ABSENT);
            });
  }

  private static String other(LocalCluster cluster, String... not) {
    return cluster.nodes().stream()
        .filter(node -> !List.of(not).contains(node))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Who does what in a row.
   *
   * @param keeper holds what the victim holds
   * @param third lacks it
   */
  private record Cast(String victim, String keeper, String third) {}

  /** Damages a group's Raft folder. */
  private interface Strike {
    void at(String groupId, Path group) throws IOException;
  }

  /**
   * One row: a third node is down while the victim and one other acknowledge writes; then the
   * victim is damaged.
   *
   * @param leads the victim leads the catalog
   * @param alone the other one is down when the victim and the third node, which lacks these
   *     writes, come back
   */
  private void row(
      LocalCluster cluster, BalsaClient client, LogDamage damage, boolean leads, boolean alone)
      throws IOException {
    String name = name(damage, leads, alone);
    String leader = cluster.awaitLeader();
    String victim = leads ? leader : other(cluster, leader);
    String third = other(cluster, leader, victim);
    Cast cast = new Cast(victim, other(cluster, victim, third), third);
    Path older = folder.resolve("older").resolve(name);
    for (String group : groups(cluster, victim)) {
      LogDamage.copy(raft(cluster, victim, group), older.resolve(group));
    }
    cluster.kill(third);
    put(client, name, 6);
    strike(cluster, cast, alone, (id, group) -> damage.strike(group, older.resolve(id)));
    requireReturn(cluster, client, cast, name, alone);
  }

  /**
   * One row in closed segments, those that hold what two of three acknowledged: an election behind
   * these writes closed them.
   *
   * @param damages one for each group
   */
  private void closedRow(
      LocalCluster cluster,
      BalsaClient client,
      List<SegmentDamage> damages,
      boolean leads,
      boolean alone)
      throws IOException {
    String names = damages.stream().map(SegmentDamage::name).collect(Collectors.joining("-"));
    String name = name("closed-" + names, leads, alone);
    // Without a segment in front of it, a deleted one may as well have been purged; and a replica
    // that came back has but one.
    List<String> all = cluster.nodes();
    cluster.killAll();
    all.forEach(cluster::restart);
    cluster.awaitLeaders();
    String third = other(cluster, cluster.awaitLeader());
    cluster.isolate(third);
    put(client, name, 6);
    Map<String, Long> written = new TreeMap<>();
    for (ClusterNode.Replica replica : replicas(cluster, other(cluster, third))) {
      written.put(replica.groupId(), replica.progress().commitIndex());
    }
    List<String> holders = cluster.nodes().stream().filter(node -> !node.equals(third)).toList();
    cluster.killAll();
    cluster.heal();
    holders.forEach(cluster::restart);
    cluster.awaitLeaders();
    put(client, name + "-behind", 2);
    String leader = cluster.awaitLeader();
    String victim = leads ? leader : other(cluster, leader);
    Cast cast = new Cast(victim, other(cluster, victim), third);
    Iterator<SegmentDamage> next = damages.iterator();
    strike(
        cluster,
        cast,
        alone,
        (id, group) -> next.next().strike(LogDamage.closed(group, written.get(id))));
    requireReturn(cluster, client, cast, name, alone);
  }

  private static String name(Object damage, boolean leads, boolean alone) {
    String name = damage + (leads ? "-leader" : "-follower") + (alone ? "-alone" : "");
    System.err.println("row " + name);
    return name;
  }

  private static void strike(LocalCluster cluster, Cast cast, boolean alone, Strike strike)
      throws IOException {
    List<String> groups = groups(cluster, cast.victim);
    awaitWatermark(cluster, cast.victim);
    if (alone) {
      cluster.kill(cast.keeper);
    }
    cluster.kill(cast.victim);
    for (String group : groups) {
      strike.at(group, raft(cluster, cast.victim, group));
    }
  }

  private void requireReturn(
      LocalCluster cluster, BalsaClient client, Cast cast, String name, boolean alone)
      throws IOException {
    cluster.restart(cast.victim);
    assertAbsent(cluster, cast.victim);
    cluster.restart(cast.third);
    if (alone) {
      // Two of three are up, and must not go on: one of them has forgotten.
      await()
          .during(Duration.ofSeconds(1))
          .atMost(PATIENCE)
          .untilAsserted(() -> assertAbsent(cluster, cast.victim));
      assertThat(cluster.leader(GroupName.CATALOG)).isEmpty();
      cluster.restart(cast.keeper);
    }
    cluster.awaitLeaders();
    awaitVoter(cluster, cast.victim);
    put(client, name + "-after", 1);
    cluster.awaitSameState();
    everyNodeHas(client, cluster, name);
    assertThat(cluster.failures()).isEmpty();
  }

  @Test
  void aDamagedReplicaVotesOnlyWhenItIsTakenInAgainAndNothingIsLost() throws Exception {
    try (LocalCluster cluster = cluster(folder);
        BalsaClient client = client(cluster)) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      boolean leads = true;
      boolean alone = false;
      for (LogDamage damage : LogDamage.values()) {
        row(cluster, client, damage, leads, alone);
        if (ALL || TWICE.contains(damage)) {
          row(cluster, client, damage, !leads, !alone);
        }
        if (ALL) {
          row(cluster, client, damage, leads, !alone);
          row(cluster, client, damage, !leads, alone);
        }
        alone ^= leads;
        leads = !leads;
      }
      everyNodeHas(client, cluster, "");
    }
  }

  /** In the build each group has another damage; with all rows, all groups have the same. */
  @Test
  void aReplicaWithADamagedClosedSegmentVotesOnlyWhenItIsTakenInAgainAndNothingIsLost()
      throws Exception {
    try (LocalCluster cluster = cluster(folder);
        BalsaClient client = client(cluster)) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      put(client, "first", 6);
      if (ALL) {
        allClosedRows(cluster, client);
      } else {
        closedRow(cluster, client, SegmentDamage.mixed(0), true, false);
        closedRow(cluster, client, SegmentDamage.mixed(2), false, true);
      }
      everyNodeHas(client, cluster, "");
    }
  }

  private void allClosedRows(LocalCluster cluster, BalsaClient client) throws IOException {
    for (SegmentDamage damage : SegmentDamage.values()) {
      for (boolean leads : BOTH) {
        for (boolean alone : BOTH) {
          closedRow(cluster, client, Collections.nCopies(4, damage), leads, alone);
        }
      }
    }
  }

  /** What Ratis 3.3.0 alone does here: it serves on, and the newest writes are gone. */
  @Test
  void aCutLogOfOneOfTwoHoldersBringsNoElectionUntilTheOtherIsBack() throws Exception {
    try (LocalCluster cluster = cluster(folder);
        BalsaClient client = client(cluster)) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      String leader = cluster.awaitLeader();
      String victim = other(cluster, leader);
      String isolated = other(cluster, leader, victim);
      cluster.isolate(isolated);
      put(client, "kept", 40);
      awaitWatermark(cluster, victim);
      List<String> groups = groups(cluster, victim);
      cluster.killAll();
      cluster.heal();
      for (String group : groups) {
        LogDamage.CUT_HALF.strike(raft(cluster, victim, group), folder);
      }
      cluster.restart(victim);
      cluster.restart(isolated);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertAbsent(cluster, victim);
                assertThat(cluster.leader(GroupName.CATALOG)).isEmpty();
              });
      cluster.restart(leader);
      cluster.awaitLeaders();
      awaitVoter(cluster, victim);
      cluster.awaitSameState();
      everyNodeHas(client, cluster, "kept");
      assertThat(cluster.failures()).isEmpty();
    }
  }
}
