package io.balsa.service;

import static io.balsa.service.cluster.Refusals.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.ListDatasetsRequest;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.api.v1.ReadLevel;
import io.balsa.api.v1.ReadReceipt;
import io.balsa.api.v1.Snapshot;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.StatObjectResponse;
import io.balsa.service.cluster.LocalCluster;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every read level, on nodes that are well, behind, or cut off. */
class FreshnessLevelsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Consistency LINEARIZABLE =
      Consistency.newBuilder()
          .setLinearizable(Consistency.Linearizable.getDefaultInstance())
          .build();
  private static final Consistency EVENTUAL =
      Consistency.newBuilder().setEventual(Consistency.Eventual.getDefaultInstance()).build();

  /** What a request that says nothing means. */
  private static final Consistency UNSET = Consistency.getDefaultInstance();

  /** Ratis shares the common pool, which a waiting call would block. */
  private static final Executor OWN_THREAD = task -> Thread.ofPlatform().daemon().start(task);

  @TempDir private static Path folder;
  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    // Barriers give up long before callers do, so that a refusal is the node's own.
    cluster = LocalCluster.start(folder, 3, "freshness.barrier-timeout-ms=400");
    var _ =
        cluster
            .calls("n1")
            .datasets()
            .createDataset(CreateDatasetRequest.newBuilder().setName("demo").build());
  }

  @AfterAll
  static void stop() {
    assertThat(cluster.failures()).isEmpty();
    cluster.close();
  }

  @AfterEach
  void heal() {
    cluster.heal();
    cluster.awaitLeaders();
    for (String node : cluster.nodes()) {
      // Links need a moment after they are mended.
      await().atMost(PATIENCE).until(() -> answers(node));
    }
  }

  private static boolean answers(String node) {
    try {
      return cluster
          .calls(node)
          .datasets()
          .listDatasets(ListDatasetsRequest.getDefaultInstance())
          .hasReceipt();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private static Consistency bounded(Duration age) {
    return Consistency.newBuilder()
        .setBounded(Consistency.Bounded.newBuilder().setMaxAgeMs(age.toMillis()))
        .build();
  }

  private static Consistency atLeast(long revision) {
    return Consistency.newBuilder()
        .setAtLeast(Consistency.AtLeast.newBuilder().setRevision(revision))
        .build();
  }

  /** Puts an object without bytes, so that only the catalog decides; returns its revision. */
  private static long write(String node, String path) {
    PutObjectHeader header = PutObjectHeader.newBuilder().setDataset("demo").setPath(path).build();
    return cluster.calls(node).put(header, new byte[0]).getRevision();
  }

  private static StatObjectResponse stat(String node, String path, Consistency consistency) {
    return stat(node, path, Snapshot.getDefaultInstance(), consistency);
  }

  private static StatObjectResponse stat(
      String node, String path, Snapshot snapshot, Consistency consistency) {
    return cluster
        .calls(node)
        .objects()
        .statObject(
            StatObjectRequest.newBuilder()
                .setDataset("demo")
                .setPath(path)
                .setSnapshot(snapshot)
                .setConsistency(consistency)
                .build());
  }

  private static Snapshot version(String name) {
    return Snapshot.newBuilder().setVersion(name).build();
  }

  @Test
  void everyNodeServesEveryLevelAndSaysSo() {
    long revision = write("n2", "levels");
    for (String node : cluster.nodes()) {
      for (Consistency level :
          List.of(LINEARIZABLE, UNSET, bounded(Duration.ZERO), atLeast(revision))) {
        StatObjectResponse answer = stat(node, "levels", level);
        assertThat(answer.getObject().getRevision()).isEqualTo(revision);
        assertThat(answer.getReceipt().getNodeId()).isEqualTo(node);
        assertThat(answer.getReceipt().getRevision()).isGreaterThanOrEqualTo(revision);
      }
      assertThat(stat(node, "levels", LINEARIZABLE).getReceipt())
          .matches(ReadReceipt::hasAgeMs)
          .returns(ReadLevel.READ_LEVEL_LINEARIZABLE, ReadReceipt::getLevel);
      assertThat(stat(node, "levels", bounded(PATIENCE)).getReceipt())
          .matches(receipt -> receipt.getAgeMs() <= PATIENCE.toMillis())
          .returns(ReadLevel.READ_LEVEL_BOUNDED, ReadReceipt::getLevel);
      assertThat(stat(node, "levels", atLeast(revision)).getReceipt().getLevel())
          .isEqualTo(ReadLevel.READ_LEVEL_AT_LEAST);
      assertThat(stat(node, "levels", EVENTUAL).getReceipt().getLevel())
          .isEqualTo(ReadLevel.READ_LEVEL_EVENTUAL);
    }
  }

  @Test
  void aWriteAnywhereIsSeenEverywhereAtOnceByLinearizableAndByBoundZero() {
    List<String> nodes = cluster.nodes();
    for (int round = 0; round < 30; round++) {
      long revision = write(nodes.get(round % 3), "everywhere");
      String reader = nodes.get((round + 1 + round / 3 % 2) % 3);
      Consistency level = round % 2 == 0 ? LINEARIZABLE : bounded(Duration.ZERO);
      assertThat(stat(reader, "everywhere", level).getObject().getRevision()).isEqualTo(revision);
    }
  }

  @Test
  void aCutOffFollowerRefusesWhatItCannotProveAndSaysHowFarItIs() {
    long old = write("n1", "cut");
    String follower = cluster.follower();
    stat(follower, "cut", LINEARIZABLE);
    cluster.isolate(follower);
    long revision = write(cluster.awaitLeader(), "cut");
    for (Consistency level :
        List.of(LINEARIZABLE, UNSET, bounded(Duration.ZERO), bounded(Duration.ofMillis(1)))) {
      ErrorInfo refusal = refusalOf(() -> stat(follower, "cut", level));
      assertThat(refusal.getReason()).isEqualTo("NOT_FRESH");
      assertThat(Long.parseLong(refusal.getMetadataOrThrow("revision"))).isLessThan(revision);
      assertThat(refusal.getMetadataMap()).containsKeys("age_ms", "leader");
    }
    // An old enough bound still holds, and then the old answer is right.
    StatObjectResponse bounded = stat(follower, "cut", bounded(Duration.ofHours(1)));
    assertThat(bounded.getObject().getRevision()).isEqualTo(old);
  }

  @Test
  void aBoundIsRefusedOnACutOffFollowerOnceItHasPassed() {
    write("n1", "bound");
    String follower = cluster.follower();
    stat(follower, "bound", LINEARIZABLE);
    cluster.isolate(follower);
    Duration bound = Duration.ofMillis(700);
    await()
        .atMost(PATIENCE)
        .until(() -> stat(follower, "bound", EVENTUAL).getReceipt().getAgeMs() > bound.toMillis());
    assertThat(refusalOf(() -> stat(follower, "bound", bounded(bound))).getReason())
        .isEqualTo("NOT_FRESH");
  }

  @Test
  void anEventualReadOfACutOffNodeTellsAnAgeThatIsTrueAndGrows() {
    long old = write("n1", "age");
    String follower = cluster.follower();
    stat(follower, "age", LINEARIZABLE);
    cluster.isolate(follower);
    write(cluster.awaitLeader(), "age");
    long missedSince = System.nanoTime();
    long before = 0;
    for (int read = 0; read < 50; read++) {
      long surelyMissed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - missedSince);
      StatObjectResponse answer = stat(follower, "age", EVENTUAL);
      assertThat(answer.getObject().getRevision()).isEqualTo(old);
      assertThat(answer.getReceipt().hasAgeMs()).isTrue();
      assertThat(answer.getReceipt().getAgeMs())
          .isGreaterThanOrEqualTo(surelyMissed)
          .isGreaterThanOrEqualTo(before);
      before = answer.getReceipt().getAgeMs();
    }
    assertThat(before).isPositive();
  }

  @Test
  void atLeastWaitsForARevisionThatIsOnItsWay() {
    write("n1", "session");
    String follower = cluster.follower();
    cluster.isolate(follower);
    long revision = write(cluster.awaitLeader(), "session");
    ErrorInfo refusal =
        refusalOf(
            () ->
                cluster
                    .calls(follower)
                    .objects(Duration.ofSeconds(2))
                    .statObject(
                        StatObjectRequest.newBuilder()
                            .setDataset("demo")
                            .setPath("session")
                            .setConsistency(atLeast(revision))
                            .build()));
    assertThat(refusal.getReason()).isEqualTo("NOT_FRESH");
    CompletableFuture<StatObjectResponse> waiting =
        CompletableFuture.supplyAsync(
            () -> stat(follower, "session", atLeast(revision)), OWN_THREAD);
    cluster.heal();
    assertThat(waiting.join().getObject().getRevision()).isEqualTo(revision);
  }

  @Test
  void aVersionThatIsUnknownHereIsAskedForBeforeItIsSaidNotToExist() {
    long first = write("n1", "pinned");
    String follower = cluster.follower();
    cluster.isolate(follower);
    String leader = cluster.awaitLeader();
    var _ =
        cluster
            .calls(leader)
            .datasets()
            .createVersion(
                CreateVersionRequest.newBuilder().setDataset("demo").setName("v1").build());
    long second = write(leader, "pinned");
    assertThat(refusalOf(() -> stat(follower, "pinned", version("v1"), UNSET)).getReason())
        .isEqualTo("NOT_FRESH");
    assertThat(refusalOf(() -> stat(leader, "pinned", version("v2"), UNSET)).getReason())
        .isEqualTo("VERSION_NOT_FOUND");
    cluster.heal();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> stat(follower, "pinned", version("v1"), UNSET).hasObject());
    cluster.isolate(follower);
    // What is pinned needs no quorum, wherever it is applied, and never changes.
    StatObjectResponse pinned = stat(follower, "pinned", version("v1"), UNSET);
    assertThat(pinned.getObject().getRevision()).isEqualTo(first).isLessThan(second);
    assertThat(pinned.getReceipt().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_PINNED);
  }

  @Test
  void aRevisionThatIsNotYetThereIsRefusedAndNotWaitedForInVain() {
    long revision = write("n1", "future");
    cluster.awaitSameState();
    Snapshot future = Snapshot.newBuilder().setRevision(revision + 1_000_000).build();
    for (String node : cluster.nodes()) {
      assertThat(refusalOf(() -> stat(node, "future", future, UNSET)).getReason())
          .isEqualTo("REVISION_UNAVAILABLE");
      assertThat(refusalOf(() -> stat(node, "future", future, EVENTUAL)).getReason())
          .isEqualTo("REVISION_UNAVAILABLE");
      Snapshot now = Snapshot.newBuilder().setRevision(revision).build();
      assertThat(stat(node, "future", now, EVENTUAL).getObject().getRevision()).isEqualTo(revision);
    }
  }

  @Test
  void aCutOffLeaderAcknowledgesNothingAndWhatOthersAcknowledgedStays() {
    String old = cluster.awaitLeader();
    write(old, "split");
    cluster.isolate(old);
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                cluster
                    .calls(old)
                    .datasets()
                    .withDeadlineAfter(3, TimeUnit.SECONDS)
                    .createDataset(CreateDatasetRequest.newBuilder().setName("lost").build()));
    // On a busy machine the caller's deadline may end before the node's refusal arrives.
    assertThat(refusal.getStatus().getCode())
        .isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
    long revision = write(cluster.awaitLeader(), "split");
    cluster.heal();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> stat(old, "split", LINEARIZABLE).getObject().getRevision() == revision);
  }
}
