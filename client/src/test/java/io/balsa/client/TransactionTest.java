package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.FakeNode.Turn;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private final FakeCluster cluster;

  TransactionTest() throws IOException {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void closingAnUnpublishedTransactionAbortsIt() {
    cluster.client().begin("d", BeginOptions.DEFAULT).orElseThrow().close();

    assertThat(cluster.state.count("abort 42")).isEqualTo(1);
  }

  @Test
  void closingAnAttachedTransactionLeavesItOpen() {
    cluster.client().attach("d", 42).close();

    assertThat(cluster.state.count("abort 42")).isZero();
  }

  @Test
  void manyThreadsStageAtOnce() throws Exception {
    try (Transaction transaction = cluster.client().begin("d", BeginOptions.DEFAULT).orElseThrow();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> puts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[100_000];
        bytes[0] = (byte) i;
        String path = "shard/" + i;
        puts.add(
            threads.submit(
                () -> transaction.put(path, Source.of(bytes), PutOptions.DEFAULT).orElseThrow()));
      }
      for (Future<?> put : puts) {
        put.get();
      }
      transaction.publish(WriteOptions.DEFAULT).orElseThrow();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }

    assertThat(cluster.state.objects).hasSize(200);
    assertThat(cluster.state.count("abort 42")).isZero();
  }

  @Test
  void anUnknownPublishIsNeitherAbortedNorRepeatedUnderAnotherId() {
    BalsaClient client = cluster.client(cluster.options().withDeadline(Duration.ofMillis(200)));
    Transaction transaction = client.begin("d", BeginOptions.DEFAULT).orElseThrow();
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    method.equals("PublishTransaction")
                        ? new Turn.AnswerThenFail(
                            Errors.of(Status.Code.UNAVAILABLE, "OUTCOME_UNKNOWN"))
                        : new Turn.Answer()));
    assertThat(transaction.publish(WriteOptions.DEFAULT)).isInstanceOf(Result.Unknown.class);

    cluster.nodes.forEach(node -> node.script(method -> new Turn.Answer()));
    assertThat(transaction.publish(WriteOptions.DEFAULT).isYes()).isTrue();
    transaction.close();

    assertThat(cluster.state.count("publish 42")).isEqualTo(1);
    assertThat(cluster.state.count("abort 42")).isZero();
  }

  @Test
  void aRefusedPublishIsAbortedOnClose() {
    Transaction transaction = cluster.client().begin("d", BeginOptions.DEFAULT).orElseThrow();
    cluster.nodes.forEach(
        node ->
            node.script(
                method ->
                    method.equals("PublishTransaction")
                        ? new Turn.Fail(Errors.of(Status.Code.FAILED_PRECONDITION, "FENCED"))
                        : new Turn.Answer()));

    assertThat(transaction.publish(WriteOptions.DEFAULT)).isInstanceOf(Result.No.class);
    transaction.close();

    assertThat(cluster.state.count("abort 42")).isEqualTo(1);
  }
}
