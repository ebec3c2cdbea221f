package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.CreateDatasetResponse;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.FenceDatasetRequest;
import io.balsa.command.Envelope;
import io.balsa.service.admission.Admission;
import io.balsa.service.consensus.Outcome;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MutationRoutingTest {
  private final Links links = new Links();
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster =
        FakeCluster.of(3, FakeCluster.options(), new Admission(64, 256L << 20), List.of(links));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aFollowerForwardsOnceAndTheLeadersAnswerComesBack() {
    CreateDatasetResponse answer = datasets(cluster.node(2)).createDataset(dataset("d", ""));

    assertThat(answer.getReceipt().getRevision()).isEqualTo(1);
    assertThat(answer.getReceipt().getDurability()).isEqualTo(Durability.DURABILITY_MAJORITY);
    assertThat(links.calls).hasValue(1);
    // Asked for here, then there: the id was made once.
    assertThat(cluster.proposed).hasSize(2);
    assertThat(cluster.proposed.stream().map(Envelope::requestId).distinct()).hasSize(1);
  }

  @Test
  void aForwardedRequestIsNeverForwardedAgain() {
    cluster.node(1).catalog.leader = cluster.node(2).member();
    Metadata mark = new Metadata();
    mark.put(CallContext.FORWARDED_HEADER, "1");
    var stub =
        datasets(cluster.node(1)).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(mark));

    Problem problem =
        refused(ErrorReason.ERROR_REASON_NO_LEADER, () -> stub.createDataset(dataset("d", "")));

    assertThat(problem.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(problem.facts())
        .containsEntry("leader_address", cluster.node(2).member().clientAddress());
    assertThat(problem.retryAfter()).isPresent();
    assertThat(links.calls).hasValue(0);
    assertThat(cluster.revision()).isZero();
  }

  @Test
  void anUnknownOutcomeIsRetriedUnderTheSameRequestId() {
    FakeCatalog leader = cluster.node(0).catalog;
    leader.script.add(
        commands -> {
          var _ = leader.committed(commands);
          return new Outcome.Unknown<>("the answer was lost");
        });
    leader.script.add(_ -> new Outcome.Unknown<>("nobody knows"));

    CreateDatasetResponse answer = datasets(cluster.node(0)).createDataset(dataset("d", ""));

    assertThat(answer.getReceipt().getRevision()).as("the first answer").isEqualTo(1);
    assertThat(cluster.proposed).hasSize(3);
    assertThat(cluster.proposed.stream().map(Envelope::requestId).distinct()).hasSize(1);
    assertThat(cluster.revision()).isEqualTo(1);
  }

  @Test
  void aBrokenHopIsRetriedUnderTheSameRequestIdAtTheNewLeader() {
    links.afterwards =
        () -> {
          links.afterwards = () -> {};
          cluster.lead(1);
        };
    links.breakAnswers = 1;

    CreateDatasetResponse answer = datasets(cluster.node(2)).createDataset(dataset("d", "mine"));

    assertThat(answer.getReceipt().getRevision()).isEqualTo(1);
    assertThat(cluster.revision()).isEqualTo(1);
    assertThat(cluster.proposed)
        .allSatisfy(envelope -> assertThat(envelope.requestId().text()).isEqualTo("mine"));
  }

  @Test
  void aHopToALeaderThatHangsIsGivenUpWhenASuccessorIsKnown() {
    links.swallow = true;
    links.afterwards =
        () -> {
          links.swallow = false;
          links.afterwards = () -> {};
          cluster.lead(1);
        };

    CreateDatasetResponse answer = datasets(cluster.node(2)).createDataset(dataset("d", ""));

    assertThat(answer.getReceipt().getRevision()).isEqualTo(1);
    assertThat(links.calls).hasValue(2);
  }

  @Test
  void atTheDeadlineWhatMayHaveHappenedIsSaidToBeUnknown() {
    FakeCatalog leader = cluster.node(0).catalog;
    for (int i = 0; i < 1_000; i++) {
      leader.script.add(_ -> new Outcome.Unknown<>("nobody knows"));
    }
    var stub =
        DatasetsGrpc.newBlockingStub(cluster.node(0).channel())
            .withDeadlineAfter(500, TimeUnit.MILLISECONDS);

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN,
            () -> stub.createDataset(dataset("d", "mine")));

    assertThat(problem.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(problem.facts()).containsEntry("request_id", "mine");
    assertThat(problem.retryAfter()).isPresent();
  }

  @Test
  void atTheDeadlineWhatWasNeverProposedSaysThatThereIsNoLeader() {
    cluster.electing();
    var stub =
        DatasetsGrpc.newBlockingStub(cluster.node(0).channel())
            .withDeadlineAfter(500, TimeUnit.MILLISECONDS);

    Problem problem =
        refused(ErrorReason.ERROR_REASON_NO_LEADER, () -> stub.createDataset(dataset("d", "")));

    assertThat(problem.facts()).containsEntry("leader_address", "");
    assertThat(problem.retryAfter()).isPresent();
  }

  @Test
  void aFullQueueIsSaidAtOnceUnlessTheChangeMayHaveHappened() {
    FakeCatalog leader = cluster.node(0).catalog;
    leader.script.add(_ -> new Outcome.Overloaded<>());

    Problem problem =
        refused(ErrorReason.ERROR_REASON_OVERLOADED, () -> createDataset(cluster.node(0), "d"));
    assertThat(problem.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    leader.script.add(_ -> new Outcome.Unknown<>("nobody knows"));
    leader.script.add(_ -> new Outcome.Overloaded<>());
    createDataset(cluster.node(0), "d");
    assertThat(cluster.revision()).isEqualTo(1);
  }

  @Test
  void aLeadersRefusalPassesThroughUnchanged() {
    createDataset(cluster.node(0), "d");

    Problem here =
        refused(ErrorReason.ERROR_REASON_DATASET_EXISTS, () -> createDataset(cluster.node(0), "d"));
    Problem forwarded =
        refused(ErrorReason.ERROR_REASON_DATASET_EXISTS, () -> createDataset(cluster.node(1), "d"));

    assertThat(forwarded).isEqualTo(here);
  }

  @Test
  void aLeaderThatIsNotReadyIsNotAskedThroughTheNetwork() {
    FakeCatalog leader = cluster.node(0).catalog;
    leader.script.add(_ -> new Outcome.NotLeader<>(Optional.of(cluster.node(0).member())));

    createDataset(cluster.node(0), "d");

    assertThat(links.calls).hasValue(0);
  }

  @Test
  void aRetryOfTheCallersGetsTheFirstAnswer() {
    createDataset(cluster.node(0), "d");
    FenceDatasetRequest fence =
        FenceDatasetRequest.newBuilder().setRequestId("fence-1").setName("d").build();

    long first = datasets(cluster.node(0)).fenceDataset(fence).getEpoch();
    long again = datasets(cluster.node(2)).fenceDataset(fence).getEpoch();

    assertThat(first).isEqualTo(1);
    assertThat(again).isEqualTo(1);
    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
            () -> datasets(cluster.node(0)).createDataset(dataset("other", "fence-1")));
    assertThat(problem.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void whatIsAskedForAndNotProvenIsTold() {
    CreateDatasetRequest all =
        dataset("d", "").toBuilder().setDurability(Durability.DURABILITY_ALL).build();
    cluster.node(0).catalog.allVoters = false;

    var receipt = datasets(cluster.node(0)).createDataset(all).getReceipt();

    assertThat(receipt.getDurability()).isEqualTo(Durability.DURABILITY_MAJORITY);
    assertThat(receipt.getDurabilityAsked()).isEqualTo(Durability.DURABILITY_ALL);
  }

  private static CreateDatasetRequest dataset(String name, String requestId) {
    return CreateDatasetRequest.newBuilder().setName(name).setRequestId(requestId).build();
  }

  /** The links between nodes. */
  private static final class Links implements ClientInterceptor {
    final AtomicInteger calls = new AtomicInteger();
    volatile Runnable afterwards = () -> {};
    volatile int breakAnswers;
    volatile boolean swallow;

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      calls.incrementAndGet();
      boolean swallowed = swallow;
      boolean broken = breakAnswers > 0;
      breakAnswers = Math.max(0, breakAnswers - 1);
      Runnable then = afterwards;
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void sendMessage(Q message) {
          if (!swallowed && !broken) {
            super.sendMessage(message);
          }
          then.run();
          if (broken) {
            cancel("cut", null);
          }
        }

        @Override
        public void halfClose() {
          if (!swallowed && !broken) {
            super.halfClose();
          }
        }
      };
    }
  }
}
