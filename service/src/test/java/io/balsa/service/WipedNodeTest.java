package io.balsa.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.chunk.Disk;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.cluster.Refusals;
import io.balsa.service.consensus.Member;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose data folder was emptied is another peer, and says so. */
class WipedNodeTest {
  @TempDir private Path folder;

  private static void create(LocalCluster cluster, String node, String dataset) {
    var _ =
        cluster
            .calls(node)
            .datasets()
            .createDataset(CreateDatasetRequest.newBuilder().setName(dataset).build());
  }

  @Test
  void aWipedNodeIsNoMemberUnderItsOldNameAndTheOthersGoOn() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3)) {
      create(cluster, "n1", "before");
      Member former = cluster.node("n3").identity().member();
      List<Member> members = new ArrayList<>(cluster.node("n1").members());
      cluster.kill("n3");
      Disk.real().deleteTree(cluster.data("n3"));
      cluster.restart("n3");

      Member now = cluster.node("n3").identity().member();
      assertThat(now.peerId()).isNotEqualTo(former.peerId());
      assertThat(cluster.node("n3").condition().replicas()).isEmpty();
      assertThatThrownBy(() -> create(cluster, "n3", "there"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(Refusals.infoOf(e).getReason()).isEqualTo("NOT_INITIALIZED"));

      members.replaceAll(member -> member.equals(former) ? now : member);
      assertThatThrownBy(() -> cluster.node("n3").initCluster(members, 3))
          .hasMessageContaining("knows this node as " + former.peerId())
          .hasMessageContaining("data folder is a new one, of " + now.peerId());
      assertThat(cluster.node("n3").identity().clusterId()).isEmpty();

      cluster.awaitLeaders();
      create(cluster, "n1", "after");
      assertThat(cluster.failures()).isEmpty();
    }
  }
}
