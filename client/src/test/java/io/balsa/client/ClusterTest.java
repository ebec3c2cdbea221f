package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.Result;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private final FakeCluster cluster;

  ClusterTest() throws IOException {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private List<Endpoint> endpoints() {
    return cluster.nodes.stream().map(node -> node.endpoint).toList();
  }

  @Test
  void aClusterIsFormedAndWaitedFor() {
    cluster.clusterId = "";

    FormedCluster formed =
        cluster.client().cluster().init(endpoints(), 3, InitListener.NONE).orElseThrow();

    assertThat(formed.clusterId()).isEqualTo("c-new");
    assertThat(formed.members()).extracting(member -> member.nodeId()).contains("n0", "n1", "n2");
    assertThat(cluster.nodes).allMatch(node -> node.calls("InitCluster") == 1);
  }

  @Test
  void theSameNodeTwiceFormsNoCluster() {
    Endpoint one = endpoints().getFirst();

    assertThat(cluster.client().cluster().init(List.of(one, one, one), 3, InitListener.NONE))
        .isInstanceOf(Result.No.class);
  }

  @Test
  void twoNodesFormNoCluster() {
    assertThat(cluster.client().cluster().init(endpoints().subList(0, 2), 3, InitListener.NONE))
        .isInstanceOfSatisfying(
            Result.No.class,
            no -> assertThat(no.refusal().message()).contains("1, 3 or 5 nodes, given 2"));
  }

  @Test
  void aNodeThatIsNotThereIsNamed() {
    cluster.node(1).stop();

    assertThat(cluster.client().cluster().init(endpoints(), 3, InitListener.NONE))
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().message()).startsWith("node1:7000"));
  }

  @Test
  void nodesOfDifferentClustersAreRefusedUntouched() {
    cluster.foreign = cluster.node(2);

    assertThat(cluster.client().cluster().init(endpoints(), 3, InitListener.NONE))
        .isInstanceOfSatisfying(
            Result.No.class, no -> assertThat(no.refusal().is("OTHER_CLUSTER")).isTrue());
    assertThat(cluster.nodes).allMatch(node -> node.calls("InitCluster") == 0);
  }

  @Test
  void statusListsEveryNodeAlsoThoseThatDoNotAnswer() {
    cluster.node(2).stop();
    BalsaClient client = cluster.client(ClientOptions.of(List.of(cluster.node(0).endpoint)));

    List<NodeStatus> statuses = client.cluster().status();

    assertThat(statuses).hasSize(3);
    assertThat(statuses.get(0)).isInstanceOf(NodeStatus.Reachable.class);
    assertThat(statuses.get(1)).isInstanceOf(NodeStatus.Reachable.class);
    assertThat(statuses.get(2))
        .isInstanceOfSatisfying(
            NodeStatus.Unreachable.class, node -> assertThat(node.nodeId()).contains("n2"));
  }
}
