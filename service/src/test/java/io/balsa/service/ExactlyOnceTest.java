package io.balsa.service;

import static io.balsa.service.cluster.Refusals.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DeleteObjectRequest;
import io.balsa.api.v1.FenceDatasetRequest;
import io.balsa.api.v1.GetVersionRequest;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.PublishTransactionRequest;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.model.GroupName;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.cluster.NodeCalls;
import io.balsa.service.grpc.ClusterNode;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of change is repeated under its request id, as by a client that never got its answer:
 * on other nodes, after the leader changed, after all nodes were down, and after the log that held
 * it is gone. Each time it must get the first answer and change nothing.
 */
class ExactlyOnceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] BYTES = {1, 2, 3};

  @TempDir private Path folder;

  /** What was sent, in order, and what was answered to it. */
  private final Map<String, Function<NodeCalls, Object>> sent = new LinkedHashMap<>();

  private final Map<String, Object> answered = new LinkedHashMap<>();

  @Test
  void aRetryGetsTheFirstAnswerWhateverHappenedInBetween() throws Exception {
    try (LocalCluster cluster =
        LocalCluster.start(
            folder,
            3,
            "raft.snapshot-every-entries=10",
            "raft.purge-keep-entries=20",
            "raft.segment-bytes-max=1048576")) {
      sendEveryKind(cluster.calls("n1"));
      for (String node : cluster.nodes()) {
        repeatOn(cluster, node);
      }
      String leader = cluster.awaitLeader();
      cluster.kill(leader);
      repeatOn(cluster, cluster.follower());
      cluster.restart(leader);
      repeatOn(cluster, leader);
      List<String> nodes = cluster.nodes();
      cluster.killAll();
      nodes.forEach(cluster::restart);
      cluster.awaitLeaders();
      repeatOn(cluster, "n2");
      purgeLogs(cluster);
      for (String node : cluster.nodes()) {
        repeatOn(cluster, node);
      }
      cluster.kill("n3");
      cluster.restart("n3");
      cluster.awaitLeaders();
      repeatOn(cluster, "n3");
      anotherChangeUnderAUsedIdIsRefused(cluster.calls("n3"));
      cluster.awaitSameState();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  private void send(String id, NodeCalls node, Function<NodeCalls, Object> call) {
    sent.put(id, call);
    answered.put(id, call.apply(node));
  }

  private void sendEveryKind(NodeCalls first) {
    send("create", first, node -> createDataset(node, "create"));
    send("put", first, node -> put(node, "put", "a", 0));
    send("gone", first, node -> put(node, "gone", "b", 0));
    send("delete", first, node -> delete(node, "delete"));
    send("fence", first, ExactlyOnceTest::fence);
    send("begin", first, ExactlyOnceTest::begin);
    long transaction = Long.parseLong(String.valueOf(answered.get("begin")));
    send("stage", first, node -> put(node, "stage", "c", transaction));
    send("publish", first, node -> publish(node, transaction));
    send("version", first, ExactlyOnceTest::createVersion);
  }

  private static Object createDataset(NodeCalls node, String id) {
    return node.datasets()
        .createDataset(CreateDatasetRequest.newBuilder().setRequestId(id).setName("demo").build())
        .getReceipt()
        .getRevision();
  }

  private static Object put(NodeCalls node, String id, String path, long transaction) {
    PutObjectHeader header =
        PutObjectHeader.newBuilder()
            .setRequestId(id)
            .setDataset("demo")
            .setPath(path)
            .setTransactionId(transaction)
            .build();
    return node.put(header, BYTES).getRevision();
  }

  private static Object delete(NodeCalls node, String id) {
    return node.objects()
        .deleteObject(
            DeleteObjectRequest.newBuilder()
                .setRequestId(id)
                .setDataset("demo")
                .setPath("b")
                .build())
        .getReceipt()
        .getRevision();
  }

  private static Object fence(NodeCalls node) {
    return node.datasets()
        .fenceDataset(
            FenceDatasetRequest.newBuilder().setRequestId("fence").setName("demo").build())
        .getEpoch();
  }

  private static Object begin(NodeCalls node) {
    return node.objects()
        .beginTransaction(
            BeginTransactionRequest.newBuilder().setRequestId("begin").setDataset("demo").build())
        .getTransaction()
        .getId();
  }

  private static Object publish(NodeCalls node, long transaction) {
    return node.objects()
        .publishTransaction(
            PublishTransactionRequest.newBuilder()
                .setRequestId("publish")
                .setDataset("demo")
                .setTransactionId(transaction)
                .build())
        .getReceipt()
        .getRevision();
  }

  private static Object createVersion(NodeCalls node) {
    return node.datasets()
        .createVersion(
            CreateVersionRequest.newBuilder()
                .setRequestId("version")
                .setDataset("demo")
                .setName("v1")
                .build())
        .getVersion()
        .getRevision();
  }

  /** Repeats everything in its order, and finds the same answers and an unchanged catalog. */
  private void repeatOn(LocalCluster cluster, String nodeId) {
    NodeCalls node = cluster.calls(nodeId);
    // Sealing the version is the one change that the nodes make by themselves.
    await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> isSealed(node));
    long before = revision(node);
    sent.forEach(
        (id, call) ->
            assertThat(settled(call, node)).as("%s on %s", id, nodeId).isEqualTo(answered.get(id)));
    assertThat(revision(node)).isEqualTo(before);
  }

  /** As a client does: the same request until there is an answer. */
  private static Object settled(Function<NodeCalls, Object> call, NodeCalls node) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> call.apply(node), _ -> true);
  }

  private static boolean isSealed(NodeCalls node) {
    try {
      return !node.datasets()
          .getVersion(GetVersionRequest.newBuilder().setDataset("demo").setName("v1").build())
          .getVersion()
          .getDigest()
          .isEmpty();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private static long revision(NodeCalls node) {
    return node.objects()
        .listObjects(ListObjectsRequest.newBuilder().setDataset("demo").build())
        .getReceipt()
        .getRevision();
  }

  /** Writes until the entries with the first changes are gone from the log of every node. */
  private void purgeLogs(LocalCluster cluster) {
    String much = "x".repeat(8_000);
    NodeCalls node = cluster.calls(cluster.awaitLeader());
    String groupId = catalogGroupId(cluster);
    int number = 0;
    while (cluster.nodes().stream().anyMatch(id -> holdsFirstEntries(id, groupId))) {
      assertThat(number).as("entries written without a purge").isLessThan(3_000);
      PutObjectHeader header =
          PutObjectHeader.newBuilder()
              .setDataset("demo")
              .setPath("fill/" + number % 10)
              .putMetadata("much", much)
              .build();
      assertThat(node.put(header, new byte[0]).getRevision()).isPositive();
      number++;
    }
  }

  private static String catalogGroupId(LocalCluster cluster) {
    return cluster.node("n1").condition().replicas().stream()
        .filter(replica -> replica.name().equals(GroupName.CATALOG))
        .map(ClusterNode.Replica::groupId)
        .findFirst()
        .orElseThrow();
  }

  private boolean holdsFirstEntries(String nodeId, String groupId) {
    Path log = folder.resolve(nodeId).resolve("raft").resolve(groupId).resolve("current");
    try (Stream<Path> files = Files.list(log)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void anotherChangeUnderAUsedIdIsRefused(NodeCalls node) {
    assertThat(refusalOf(() -> put(node, "put", "another", 0)).getReason())
        .isEqualTo("REQUEST_ID_REUSED");
    assertThat(refusalOf(() -> delete(node, "put")).getReason()).isEqualTo("REQUEST_ID_REUSED");
    assertThat(refusalOf(() -> createDataset(node, "delete")).getReason())
        .isEqualTo("REQUEST_ID_REUSED");
    assertThat(refusalOf(() -> put(node, "create", "a", 0)).getReason())
        .isEqualTo("REQUEST_ID_REUSED");
  }
}
