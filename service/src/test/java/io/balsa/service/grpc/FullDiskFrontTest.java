package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.get;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.read;
import static io.balsa.service.grpc.Calling.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.api.v1.AbortTransactionRequest;
import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DeleteDatasetRequest;
import io.balsa.api.v1.DeleteObjectRequest;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.FenceDatasetRequest;
import io.balsa.api.v1.PublishTransactionRequest;
import io.grpc.Status;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the front end takes while a disk is full. */
class FullDiskFrontTest {
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(3);
    createDataset(cluster.node(0), "d");
    var _ = put(cluster.node(0), header("d", "old"), new byte[] {1, 2, 3});
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static void assertDiskFull(ThrowingCallable call) {
    Problem problem = refused(ErrorReason.ERROR_REASON_DISK_FULL, call);
    assertThat(problem.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(problem.facts())
        .containsEntry("node", "n0")
        .containsKeys("free_bytes", "needed_bytes");
    assertThat(problem.retryAfter()).isPresent();
    assertThat(problem.message()).contains("delete data");
  }

  @Test
  void whatAddsDataIsRefusedOnEveryNodeAndLeavesNothingBehind() {
    cluster.node(0).freeBytes = -1;
    long before = cluster.revision();
    for (FakeNode node : cluster.nodes) {
      assertDiskFull(() -> put(node, header("d", "new"), new byte[] {4, 5, 6}));
      assertDiskFull(() -> put(node, header("d", "empty"), new byte[0]));
      assertDiskFull(() -> createDataset(node, "e"));
      assertDiskFull(
          () ->
              objects(node)
                  .beginTransaction(BeginTransactionRequest.newBuilder().setDataset("d").build()));
      assertDiskFull(
          () ->
              datasets(node)
                  .createVersion(
                      CreateVersionRequest.newBuilder().setDataset("d").setName("v").build()));
    }
    assertThat(cluster.revision()).isEqualTo(before);
  }

  @Test
  void readsAndWhatFreesOrClosesGoOn() {
    FakeNode node = cluster.node(1);
    long open = begin(node);
    long other = begin(node);
    cluster.nodes.forEach(each -> each.freeBytes = -1);

    assertThat(read(node, get("d", "old").build()).body().size()).isEqualTo(3);
    var _ =
        objects(node)
            .deleteObject(DeleteObjectRequest.newBuilder().setDataset("d").setPath("old").build());
    var _ =
        objects(node)
            .abortTransaction(
                AbortTransactionRequest.newBuilder()
                    .setDataset("d")
                    .setTransactionId(open)
                    .build());
    var _ =
        objects(node)
            .publishTransaction(
                PublishTransactionRequest.newBuilder()
                    .setDataset("d")
                    .setTransactionId(other)
                    .build());
    var _ = datasets(node).fenceDataset(FenceDatasetRequest.newBuilder().setName("d").build());
    var _ =
        datasets(node)
            .deleteDataset(
                DeleteDatasetRequest.newBuilder().setName("d").setRecursive(true).build());
  }

  private static long begin(FakeNode node) {
    return objects(node)
        .beginTransaction(BeginTransactionRequest.newBuilder().setDataset("d").build())
        .getTransaction()
        .getId();
  }

  @Test
  void theLeaderCountsTheBytesAndOthersOnlyAskWhetherThereAreAny() {
    cluster.node(1).freeBytes = 0;
    cluster.node(0).freeBytes = 1_000_000;
    var _ = put(cluster.node(1), header("d", "new"), new byte[] {4, 5, 6});
    cluster.node(0).freeBytes = 2;
    assertDiskFull(() -> put(cluster.node(1), header("d", "newer"), new byte[] {7, 8, 9}));
  }
}
