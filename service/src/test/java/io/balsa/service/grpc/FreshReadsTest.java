package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.EVENTUAL;
import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.ReadLevel;
import io.balsa.api.v1.ReadReceipt;
import io.balsa.api.v1.Snapshot;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.StatObjectResponse;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreshReadsTest {
  private FakeCluster cluster;
  private FakeNode follower;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(2);
    follower = cluster.node(1);
    createDataset(cluster.node(0), "d");
    var _ = put(cluster.node(0), header("d", "x"), new byte[] {1});
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aLinearizableReadJoinsABarrierAndSeesAllThatWasAcknowledged() {
    follower.lagging = true;
    createDataset(cluster.node(0), "late");

    ReadReceipt receipt = datasets(follower).getDataset(dataset("late")).getReceipt();

    assertThat(receipt.getLevel()).isEqualTo(ReadLevel.READ_LEVEL_LINEARIZABLE);
    assertThat(receipt.getNodeId()).isEqualTo("n1");
    assertThat(receipt.getRevision()).isEqualTo(cluster.revision());
    assertThat(receipt.hasAgeMs()).isTrue();
    assertThat(receipt.getAgeMs()).as("rounded up").isPositive();
  }

  @Test
  void anEventualReadIsServedAtOnceAndClaimsNoAgeThatIsNotProven() {
    follower.catalog.confirms = false;

    ReadReceipt receipt =
        datasets(follower)
            .getDataset(dataset("d").toBuilder().setConsistency(EVENTUAL).build())
            .getReceipt();

    assertThat(receipt.getLevel()).isEqualTo(ReadLevel.READ_LEVEL_EVENTUAL);
    assertThat(receipt.hasAgeMs()).isFalse();
    assertThat(follower.catalog.barriers).isZero();
  }

  @Test
  void aBoundThatIsProvenAlreadyCostsNoBarrier() {
    var _ = datasets(follower).getDataset(dataset("d"));
    int barriers = follower.catalog.barriers;

    ReadReceipt wide = datasets(follower).getDataset(bounded(86_400_000)).getReceipt();
    assertThat(follower.catalog.barriers).isEqualTo(barriers);
    ReadReceipt tight = datasets(follower).getDataset(bounded(0)).getReceipt();

    assertThat(wide.getLevel()).isEqualTo(ReadLevel.READ_LEVEL_BOUNDED);
    assertThat(wide.getAgeMs()).isLessThanOrEqualTo(86_400_000);
    assertThat(tight.getLevel()).isEqualTo(ReadLevel.READ_LEVEL_BOUNDED);
    assertThat(follower.catalog.barriers).isEqualTo(barriers + 1);
  }

  @Test
  void aLevelThatCannotBeMetIsRefusedWithWhatIsKnown() {
    follower.catalog.confirms = false;

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_NOT_FRESH, () -> datasets(follower).getDataset(dataset("d")));

    assertThat(problem.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(problem.facts())
        .containsEntry("revision", Long.toString(cluster.revision()))
        .containsEntry("leader", cluster.node(0).member().clientAddress())
        .doesNotContainKey("age_ms");
    assertThat(problem.retryAfter()).isPresent();
    refused(ErrorReason.ERROR_REASON_NOT_FRESH, () -> datasets(follower).getDataset(bounded(10)));
  }

  @Test
  void aSessionWaitsForItsRevision() {
    follower.catalog.confirms = false;
    follower.lagging = true;
    createDataset(cluster.node(0), "late");
    long revision = cluster.revision();

    CompletableFuture<ReadReceipt> read =
        CompletableFuture.supplyAsync(
            () -> datasets(follower).getDataset(atLeast("late", revision)).getReceipt());
    follower.catchUp();

    ReadReceipt receipt = Calling.await(read);
    assertThat(receipt.getLevel()).isEqualTo(ReadLevel.READ_LEVEL_AT_LEAST);
    assertThat(receipt.getRevision()).isGreaterThanOrEqualTo(revision);
  }

  @Test
  void aRevisionThatDoesNotComeInTimeIsNotFresh() {
    // On a busy machine the caller may be too late to hear it; then it asks again.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var stub =
                  DatasetsGrpc.newBlockingStub(follower.channel())
                      .withDeadlineAfter(500, TimeUnit.MILLISECONDS);
              refused(
                  ErrorReason.ERROR_REASON_NOT_FRESH,
                  () -> stub.getDataset(atLeast("d", cluster.revision() + 1)));
            });
  }

  @Test
  void aVersionThatIsKnownHereIsServedWithoutAnyLeader() {
    createVersion("v1");
    var _ = put(cluster.node(0), header("d", "x"), new byte[] {1, 2});
    cluster.electing();
    follower.catalog.confirms = false;

    StatObjectResponse answer = objects(follower).statObject(at(version("v1")));

    assertThat(answer.getObject().getSize()).isEqualTo(1);
    assertThat(answer.getReceipt().getLevel()).isEqualTo(ReadLevel.READ_LEVEL_PINNED);
    assertThat(follower.catalog.barriers).isZero();
  }

  @Test
  void aVersionThatIsUnknownHereIsAskedForBeforeItIsSaidNotToExist() {
    follower.lagging = true;
    createVersion("v1");

    assertThat(objects(follower).statObject(at(version("v1"))).getReceipt().getLevel())
        .isEqualTo(ReadLevel.READ_LEVEL_PINNED);
    assertThat(follower.catalog.barriers).isEqualTo(1);

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_VERSION_NOT_FOUND,
            () -> objects(follower).statObject(at(version("v2"))));
    assertThat(problem.code()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(follower.catalog.barriers).isEqualTo(2);

    follower.catalog.confirms = false;
    refused(
        ErrorReason.ERROR_REASON_NOT_FRESH, () -> objects(follower).statObject(at(version("v3"))));
  }

  @Test
  void aRevisionShowsWhatItShowed() {
    long first = cluster.revision();
    var _ = put(cluster.node(0), header("d", "x"), new byte[] {1, 2});

    assertThat(objects(follower).statObject(at(revision(first))).getObject().getSize())
        .isEqualTo(1);
    refused(
        ErrorReason.ERROR_REASON_OBJECT_NOT_FOUND,
        () -> objects(follower).statObject(at(revision(first - 1))));
  }

  @Test
  void aRevisionThatNobodyHasIsUnavailableAndOneThatMayBeElsewhereIsNotFresh() {
    long none = cluster.revision() + 1;

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE,
            () -> objects(follower).statObject(at(revision(none))));
    assertThat(problem.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(problem.facts()).containsEntry("revision", Long.toString(none - 1));

    refused(
        ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE,
        () -> objects(follower).statObject(eventually(at(revision(none)))));
    follower.catalog.confirms = false;
    refused(
        ErrorReason.ERROR_REASON_NOT_FRESH,
        () -> objects(follower).statObject(eventually(at(revision(none)))));
  }

  @Test
  void aRefusalArrivesBeforeTheCallersDeadline() {
    follower.lagging = true;
    // On a busy machine the caller may be too late to hear it; then it asks again.
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> refusedAsNotFresh(800));
  }

  /** Anything but the client's own DEADLINE_EXCEEDED. */
  private void refusedAsNotFresh(long deadlineMillis) {
    var stub =
        ObjectsGrpc.newBlockingStub(follower.channel())
            .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
    refused(
        ErrorReason.ERROR_REASON_NOT_FRESH,
        () ->
            stub.statObject(
                at(Snapshot.getDefaultInstance()).toBuilder()
                    .setConsistency(atLeast("d", 1_000_000).getConsistency())
                    .build()));
  }

  private void createVersion(String name) {
    var _ =
        datasets(cluster.node(0))
            .createVersion(CreateVersionRequest.newBuilder().setDataset("d").setName(name).build());
  }

  private static GetDatasetRequest dataset(String name) {
    return GetDatasetRequest.newBuilder().setName(name).build();
  }

  private static GetDatasetRequest bounded(long millis) {
    return dataset("d").toBuilder()
        .setConsistency(
            Consistency.newBuilder()
                .setBounded(Consistency.Bounded.newBuilder().setMaxAgeMs(millis)))
        .build();
  }

  private static GetDatasetRequest atLeast(String name, long revision) {
    return dataset(name).toBuilder()
        .setConsistency(
            Consistency.newBuilder()
                .setAtLeast(Consistency.AtLeast.newBuilder().setRevision(revision)))
        .build();
  }

  private static StatObjectRequest at(Snapshot snapshot) {
    return StatObjectRequest.newBuilder()
        .setDataset("d")
        .setPath("x")
        .setSnapshot(snapshot)
        .build();
  }

  private static StatObjectRequest eventually(StatObjectRequest request) {
    return request.toBuilder().setConsistency(EVENTUAL).build();
  }

  private static Snapshot version(String name) {
    return Snapshot.newBuilder().setVersion(name).build();
  }

  private static Snapshot revision(long revision) {
    return Snapshot.newBuilder().setRevision(revision).build();
  }
}
