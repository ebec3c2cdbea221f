package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.EVENTUAL;
import static io.balsa.service.grpc.Calling.chunks;
import static io.balsa.service.grpc.Calling.cluster;
import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.get;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.part;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.read;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ConfirmIndexRequest;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.api.v1.GetIdentityRequest;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.InitClusterRequest;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.command.Decision;
import io.balsa.command.Reason;
import io.balsa.model.BrokenInvariant;
import io.balsa.service.admission.Admission;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every call: admission, errors, the cluster's own calls, health. */
class NodeFrontTest {
  private static final int CALLS_MAX = 4;

  private final Admission admission = new Admission(CALLS_MAX, Admission.BYTES_MIN);
  private FakeCluster cluster;
  private FakeNode node;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(2, options(), admission, List.of());
    node = cluster.node(0);
    createDataset(node, "d");
    awaitIdle();
  }

  @AfterEach
  void stop() {
    awaitIdle();
    cluster.close();
  }

  /** A call is answered a moment before it is over. */
  private void awaitIdle() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admission.callsInFlight() == 0 && admission.bytesInFlight() == 0);
  }

  private static ServiceOptions options() {
    return new ServiceOptions(
        Duration.ofSeconds(5),
        Duration.ofMillis(300),
        Duration.ofSeconds(2),
        Duration.ofMillis(50),
        64 << 10,
        2);
  }

  @Test
  void callsBeyondTheBoundAreRefusedButNotThoseThatTellHowTheNodeIs() {
    List<Open> open = IntStream.range(0, CALLS_MAX).mapToObj(_ -> open()).toList();
    await().atMost(Duration.ofSeconds(20)).until(() -> admission.callsInFlight() == CALLS_MAX);

    Problem problem =
        refused(ErrorReason.ERROR_REASON_TOO_MANY_CALLS, () -> createDataset(node, "e"));
    assertThat(problem.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(problem.retryAfter()).contains(Duration.ofMillis(100));
    assertThat(cluster(node).getStatus(GetStatusRequest.getDefaultInstance()).getRevision())
        .isPositive();
    assertThat(cluster(node).getIdentity(GetIdentityRequest.getDefaultInstance()).getVersion())
        .isEqualTo("test");
    assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);

    open.forEach(Open::end);
    await().atMost(Duration.ofSeconds(20)).until(() -> admission.callsInFlight() == 0);
    createDataset(node, "e");
  }

  @Test
  void bytesBeyondTheBoundAreRefused() {
    var permit = admission.tryAdmit(Admission.BYTES_MIN).orElseThrow();

    refused(
        ErrorReason.ERROR_REASON_TOO_MANY_BYTES, () -> put(node, header("d", "x"), new byte[9]));
    refused(
        ErrorReason.ERROR_REASON_TOO_MANY_BYTES, () -> chunks(node).getChunks(range()).hasNext());
    permit.release();

    var _ = put(node, header("d", "x"), new byte[9]);
  }

  @Test
  void failedCallsLeaveNothingBehind() {
    for (int i = 0; i < 5 * CALLS_MAX; i++) {
      awaitIdle();
      switch (i % 4) {
        case 0 -> refused(() -> put(node, header("d", "../x"), new byte[100_000]));
        case 1 -> refused(() -> read(node, get("d", "none").build()));
        case 2 -> refused(() -> createDataset(node, "d"));
        default -> refused(() -> chunks(node).getChunks(range()).hasNext());
      }
    }
  }

  @Test
  void aCallerThatStallsIsCutOff() {
    Open upload = open();
    upload.out.onNext(part(header("d", "x").build()));

    Problem problem = refused(ErrorReason.ERROR_REASON_STALLED, () -> Calling.await(upload.answer));

    assertThat(problem.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(problem.facts()).containsEntry("limit_ms", "300");
  }

  @Test
  void aDefectIsAnInternalErrorWithAnIdAndTheNodeGoesOn() {
    node.catalog.script.add(
        _ -> {
          throw new IllegalStateException("a defect, on purpose");
        });

    Problem problem = refused(ErrorReason.ERROR_REASON_INTERNAL, () -> createDataset(node, "e"));

    assertThat(problem.code()).isEqualTo(Status.Code.INTERNAL);
    assertThat(problem.facts()).containsKey("correlation_id");
    assertThat(problem.message()).doesNotContain("on purpose");
    assertThat(node.stops).isEmpty();
    createDataset(node, "e");
  }

  @Test
  void aBrokenInvariantStopsTheNode() {
    node.catalog.script.add(
        _ -> {
          throw new BrokenInvariant("broken, on purpose");
        });

    refused(ErrorReason.ERROR_REASON_INTERNAL, () -> createDataset(node, "e"));

    assertThat(node.stops).singleElement().isInstanceOf(BrokenInvariant.class);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonOfTheCatalogHasAReasonOfTheApi(Reason reason) {
    Problem problem = Problems.rejected(Decision.Rejected.of(reason, Map.of("current", "7")));

    assertThat(problem.reasonName()).isEqualTo(reason.name());
    assertThat(problem.facts()).containsEntry("current", "7");
    assertThat(Problem.of(problem.toStatus())).contains(problem);
  }

  @Test
  void beforeTheClusterIsFormedOnlyItsOwnCallsWork() {
    node.initialized = false;

    Problem problem =
        refused(ErrorReason.ERROR_REASON_NOT_INITIALIZED, () -> createDataset(node, "e"));
    assertThat(problem.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    refused(
        ErrorReason.ERROR_REASON_NOT_INITIALIZED,
        () ->
            datasets(node)
                .getDataset(
                    GetDatasetRequest.newBuilder().setName("d").setConsistency(EVENTUAL).build()));
    refused(
        ErrorReason.ERROR_REASON_NOT_INITIALIZED, () -> put(node, header("d", "x"), new byte[9]));
    refused(
        ErrorReason.ERROR_REASON_NOT_INITIALIZED, () -> chunks(node).getChunks(range()).hasNext());

    var identity = cluster(node).getIdentity(GetIdentityRequest.getDefaultInstance()).getIdentity();
    assertThat(identity.getClusterId()).isEmpty();
    assertThat(cluster(node).getStatus(GetStatusRequest.getDefaultInstance()).getRevision())
        .isZero();
    assertThat(
            cluster(node)
                .initCluster(InitClusterRequest.newBuilder().addMembers(identity).build())
                .getClusterId())
        .isEqualTo("founded by 1 with 3");
  }

  @Test
  void aMemberOfAnotherClusterDoesNotJoin() {
    var identity = cluster(node).getIdentity(GetIdentityRequest.getDefaultInstance()).getIdentity();

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_OTHER_CLUSTER,
            () ->
                cluster(node)
                    .initCluster(InitClusterRequest.newBuilder().addMembers(identity).build()));

    assertThat(problem.facts()).containsEntry("cluster_id", "cluster");
  }

  @Test
  void theStatusTellsOfReplicasAndMembers() {
    GetStatusResponse status = cluster(node).getStatus(GetStatusRequest.getDefaultInstance());

    assertThat(status.getMembersCount()).isEqualTo(2);
    assertThat(status.getGroups(0).getName()).isEqualTo("catalog");
    assertThat(status.getGroups(0).getSnapshotIndex()).isZero();
    assertThat(status.getRevision()).isEqualTo(cluster.revision());
    assertThat(status.hasAgeMs()).isFalse();
    assertThat(status.getResidentBytes()).isEqualTo(42);
  }

  @Test
  void onlyALeaderConfirms() {
    ConfirmIndexRequest request =
        ConfirmIndexRequest.newBuilder()
            .setGroup("chunks-2")
            .setDurability(Durability.DURABILITY_ALL)
            .build();

    assertThat(cluster(node).confirmIndex(request).getDurability())
        .isEqualTo(Durability.DURABILITY_ALL);
    node.chunkGroups.get(1).allVoters = false;
    assertThat(cluster(node).confirmIndex(request).getDurability())
        .isEqualTo(Durability.DURABILITY_MAJORITY);
    Problem elsewhere =
        refused(
            ErrorReason.ERROR_REASON_NO_LEADER,
            () -> cluster(cluster.node(1)).confirmIndex(request));
    assertThat(elsewhere.facts()).containsEntry("leader_address", node.member().clientAddress());
    refused(
        ErrorReason.ERROR_REASON_GROUP_NOT_FOUND,
        () -> cluster(node).confirmIndex(request.toBuilder().setGroup("chunks-9").build()));
  }

  @Test
  void healthIsWhatTheNodeSays() {
    assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);
    node.server().setServing(true);
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(node.channel())
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static GetChunksRequest range() {
    return GetChunksRequest.newBuilder()
        .addRanges(ChunkRange.newBuilder().setGroup(1).setId(Calling.sha256(new byte[1])))
        .build();
  }

  /** An upload that has begun. */
  private record Open(
      StreamObserver<PutObjectRequest> out, CompletableFuture<PutObjectResponse> answer) {
    void end() {
      out.onError(Status.CANCELLED.asRuntimeException());
    }
  }

  private Open open() {
    CompletableFuture<PutObjectResponse> answer = new CompletableFuture<>();
    return new Open(
        ObjectsGrpc.newStub(node.channel())
            .putObject(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutObjectResponse value) {
                    answer.complete(value);
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    answer.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                }),
        answer);
  }
}
