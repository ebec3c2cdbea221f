package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.FakeNode.Turn;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The policy of calls, against scripted nodes. */
class RetryTest {
  private final FakeCluster cluster;

  RetryTest() throws IOException {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private static Result<WriteReceipt> create(BalsaClient client) {
    return client.datasets().create("d", WriteOptions.DEFAULT);
  }

  @Test
  void aRetryKeepsItsRequestId() {
    AtomicInteger tries = new AtomicInteger();
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    method.equals("CreateDataset") && tries.incrementAndGet() <= 5
                        ? new Turn.AnswerThenFail(
                            Errors.of(Status.Code.UNAVAILABLE, "OUTCOME_UNKNOWN"))
                        : new Turn.Answer()));

    assertThat(create(cluster.client()).isYes()).isTrue();

    assertThat(cluster.state.requestIds()).hasSizeGreaterThan(5);
    assertThat(new HashSet<>(cluster.state.requestIds())).hasSize(1);
    assertThat(cluster.state.count("create d")).isEqualTo(1);
  }

  @Test
  void theNewLeaderIsFoundWhileTheOldOneHangs() {
    RemoteClient client = cluster.client();
    cluster.letItLookAround(client);
    cluster.node(0).hang();
    cluster.leader = cluster.node(1);
    cluster.term = 2;

    assertThat(create(client).isYes()).isTrue();

    assertThat(cluster.node(1).calls("CreateDataset")).isPositive();
  }

  @Test
  void aSilentNodeThatLeadsNothingIsPassedBy() {
    cluster.node(0).hang();
    cluster.leader = cluster.node(2);

    assertThat(create(cluster.client()).isYes()).isTrue();
  }

  @Test
  void aNodeThatKnowsTheLeaderSendsTheCallThere() {
    cluster.node(0).failWith(Errors.noLeader(cluster.node(2).endpoint.toString()));
    cluster.node(1).failWith(Errors.noLeader(""));
    cluster.leader = cluster.node(2);

    assertThat(create(cluster.client()).isYes()).isTrue();
  }

  @Test
  void aDefiniteRefusalIsNo() {
    cluster.nodes.forEach(
        node -> node.failWith(Errors.of(Status.Code.ALREADY_EXISTS, "DATASET_EXISTS")));

    assertThat(create(cluster.client()))
        .isInstanceOfSatisfying(
            Result.No.class,
            no -> {
              assertThat(no.refusal().code()).isEqualTo(RefusalCode.ALREADY_EXISTS);
              assertThat(no.refusal().is("DATASET_EXISTS")).isTrue();
            });
  }

  @Test
  void silenceUntilTheDeadlineIsUnknownUnderItsId() {
    cluster.nodes.forEach(FakeNode::hang);
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofMillis(300)));

    Result<WriteReceipt> result =
        client.datasets().create("d", WriteOptions.DEFAULT.withRequestId("my-id"));

    assertThat(result)
        .isInstanceOfSatisfying(
            Result.Unknown.class, unknown -> assertThat(unknown.requestId()).isEqualTo("my-id"));
  }

  @Test
  void aDeadlineWithoutAnyLeaderIsNo() {
    cluster.nodes.forEach(node -> node.failWith(Errors.noLeader("")));
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofMillis(300)));

    assertThat(create(client))
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().is("NO_LEADER")).isTrue());
  }

  @Test
  void whereNoNodeIsReachedNothingHappened() {
    cluster.nodes.forEach(FakeNode::stop);
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofMillis(300)));

    assertThat(create(client))
        .isInstanceOfSatisfying(
            Result.No.class,
            no -> assertThat(no.refusal().code()).isEqualTo(RefusalCode.UNAVAILABLE));
  }

  @Test
  void anEarlierTryThatMayHaveHappenedOutlivesARefusalOnTheWay() {
    AtomicInteger tries = new AtomicInteger();
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    !method.equals("CreateDataset")
                        ? new Turn.Answer()
                        : tries.incrementAndGet() == 1
                            ? new Turn.AnswerThenFail(Status.UNAVAILABLE.asRuntimeException())
                            : new Turn.Fail(Status.PERMISSION_DENIED.asRuntimeException())));

    assertThat(create(cluster.client())).isInstanceOf(Result.Unknown.class);
  }

  @Test
  void anUninitialisedClusterIsRefusedWithoutWaitingForTheDeadline() {
    cluster.nodes.forEach(
        node -> node.failWith(Errors.of(Status.Code.FAILED_PRECONDITION, "NOT_INITIALIZED")));
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofHours(1)));

    assertThat(create(client))
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().is("NOT_INITIALIZED")).isTrue());
  }

  @Test
  void anOverloadThatOutlastsTheDeadlineIsToldWithItsDelay() {
    cluster.nodes.forEach(node -> node.failWith(Errors.overloaded(7_200)));
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofHours(1)));

    assertThat(create(client))
        .isInstanceOfSatisfying(
            Result.No.class,
            no -> assertThat(no.refusal().retryAfter()).contains(Duration.ofHours(2)));
  }

  @Test
  void aReadGoesOnToTheNextNode() {
    cluster.node(0).failWith(Errors.of(Status.Code.UNAVAILABLE, "NOT_FRESH"));
    cluster.node(1).stop();

    Result<Read<DatasetSummary>> read = cluster.client().datasets().get("d", ReadOptions.DEFAULT);

    assertThat(read.orElseThrow().receipt().age()).contains(Duration.ofMillis(5));
    assertThat(cluster.node(2).calls("GetDataset")).isPositive();
  }

  @Test
  void aSilentNodeDoesNotHoldARead() {
    cluster.node(0).hang();

    assertThat(cluster.client().datasets().get("d", ReadOptions.DEFAULT).isYes()).isTrue();
  }

  @Test
  void aPinnedReadAsksItsNodeOnly() {
    cluster.node(1).failWith(Errors.of(Status.Code.UNAVAILABLE, "NOT_FRESH"));
    ReadOptions pinned = ReadOptions.DEFAULT.onNode(cluster.node(1).endpoint);

    Result<Read<DatasetSummary>> read = cluster.client().datasets().get("d", pinned);

    assertThat(read)
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().is("NOT_FRESH")).isTrue());
    assertThat(cluster.node(0).calls("GetDataset")).isZero();
    assertThat(cluster.node(2).calls("GetDataset")).isZero();
  }

  @Test
  void anInterruptedWriteThatIsOnItsWayIsUnknown() throws InterruptedException {
    cluster.nodes.forEach(FakeNode::hang);
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofHours(1)));
    var outcome = new LinkedBlockingQueue<Result<WriteReceipt>>();
    Thread caller = Thread.ofVirtual().start(() -> outcome.add(create(client)));
    while (cluster.nodes.stream().allMatch(node -> node.calls("CreateDataset") == 0)) {
      Thread.onSpinWait();
    }

    caller.interrupt();

    assertThat(outcome.take()).isInstanceOf(Result.Unknown.class);
  }

  @Test
  void aClosedClientRefuses() {
    RemoteClient client = cluster.client();
    client.close();

    assertThat(client.datasets().get("d", ReadOptions.DEFAULT)).isInstanceOf(Result.No.class);
  }
}
