package io.balsa.service.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.StatObjectResponse;
import io.balsa.model.GroupName;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.cluster.Refusals;
import io.balsa.service.grpc.ClusterNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stale read of Ratis 3.3.0: a leader that was read from once at a commit index answers later
 * LINEARIZABLE reads at that index without asking anybody, also when another leader has gone on. It
 * is the known-bad control of our own reads. Should Ratis be mended, this test fails: then the
 * control is gone, and the reasoning in {@link RaftSettings} wants another look.
 */
class StaleReadTest {
  /** A cut-off leader may step down before it is read from; then the schedule proves nothing. */
  private static final int SCHEDULES_MAX = 5;

  @TempDir private Path folder;

  @Test
  void aCutOffLeaderAnswersStaleByRatisOwnOptionAndNeverByOurs() throws Exception {
    try (LocalCluster cluster =
        LocalCluster.start(
            folder,
            3,
            "raft.election-timeout-min-ms=2000",
            "raft.election-timeout-max-ms=3300",
            "raft.slow-stop-ms=20000")) {
      var _ =
          cluster
              .calls("n1")
              .datasets()
              .createDataset(CreateDatasetRequest.newBuilder().setName("demo").build());
      boolean reproduced = false;
      for (int schedule = 1; schedule <= SCHEDULES_MAX && !reproduced; schedule++) {
        reproduced = cutOffAndRead(cluster);
      }
      assertThat(reproduced).as("Ratis answered stale, before and after ours").isTrue();
      assertThat(cluster.failures()).isEmpty();
    }
  }

  /** Returns whether Ratis answered stale all the while. Ours must be right in any case. */
  private static boolean cutOffAndRead(LocalCluster cluster) throws IOException {
    cluster.awaitLeaders();
    String old = cluster.awaitLeader();
    long before = write(cluster, old);
    try (RaftClient ratis = ratisClient(cluster)) {
      RaftPeerId oldPeer = peerOf(cluster, old).getId();
      assertThat(readAsRatisDoes(ratis, oldPeer)).hasValue(before);
      cluster.isolate(old);
      long acknowledged = write(cluster, cluster.awaitLeader());
      OptionalLong first = readAsRatisDoes(ratis, oldPeer);
      readAsWeDo(cluster, old, acknowledged, Duration.ofMillis(500));
      OptionalLong second = readAsRatisDoes(ratis, oldPeer);
      cluster.heal();
      long healed = readAsWeDo(cluster, old, acknowledged, Duration.ofSeconds(30)).orElseThrow();
      assertThat(healed).isGreaterThanOrEqualTo(acknowledged);
      return isStale(first, before, acknowledged) && isStale(second, before, acknowledged);
    } finally {
      cluster.heal();
    }
  }

  private static boolean isStale(OptionalLong read, long before, long acknowledged) {
    return read.isPresent() && read.getAsLong() == before && before < acknowledged;
  }

  /** Puts an empty object, which needs the catalog alone; returns its revision. */
  private static long write(LocalCluster cluster, String nodeId) {
    PutObjectHeader header = PutObjectHeader.newBuilder().setDataset("demo").setPath("x").build();
    return cluster.calls(nodeId).put(header, new byte[0]).getRevision();
  }

  /** The revision by Ratis' own LINEARIZABLE read; empty where it refuses. */
  private static OptionalLong readAsRatisDoes(RaftClient ratis, RaftPeerId node) {
    try {
      RaftClientReply reply = ratis.io().sendReadOnly(Message.EMPTY, node);
      return reply.isSuccess()
          ? OptionalLong.of(reply.getMessage().getContent().asReadOnlyByteBuffer().getLong())
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** The revision of x by our API; empty where it refuses as it must. Fails if it is stale. */
  private static OptionalLong readAsWeDo(
      LocalCluster cluster, String nodeId, long acknowledged, Duration deadline) {
    StatObjectRequest stat = StatObjectRequest.newBuilder().setDataset("demo").setPath("x").build();
    try {
      StatObjectResponse answer = cluster.calls(nodeId).objects(deadline).statObject(stat);
      assertThat(answer.getObject().getRevision()).isGreaterThanOrEqualTo(acknowledged);
      assertThat(answer.getReceipt().getRevision()).isGreaterThanOrEqualTo(acknowledged);
      return OptionalLong.of(answer.getObject().getRevision());
    } catch (StatusRuntimeException e) {
      // On a busy machine the caller's deadline may end before the node's refusal arrives.
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        assertThat(Refusals.infoOf(e).getReason()).isEqualTo("NOT_FRESH");
      }
      return OptionalLong.empty();
    }
  }

  private static RaftClient ratisClient(LocalCluster cluster) {
    String groupId =
        cluster.node("n1").condition().replicas().stream()
            .filter(replica -> replica.name().equals(GroupName.CATALOG))
            .map(ClusterNode.Replica::groupId)
            .findFirst()
            .orElseThrow();
    List<RaftPeer> peers = cluster.nodes().stream().map(id -> peerOf(cluster, id)).toList();
    return RaftClient.newBuilder()
        .setProperties(new RaftProperties())
        .setRaftGroup(RaftGroup.valueOf(RaftGroupId.valueOf(UUID.fromString(groupId)), peers))
        .setRetryPolicy(RetryPolicies.noRetry())
        .build();
  }

  private static RaftPeer peerOf(LocalCluster cluster, String nodeId) {
    Member member = cluster.node(nodeId).identity().member();
    return RaftPeer.newBuilder()
        .setId(member.peerId())
        .setAddress(member.peerAddress())
        .setClientAddress(member.peerAddress())
        .build();
  }
}
