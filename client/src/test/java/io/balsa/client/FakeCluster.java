package io.balsa.client;

import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.WriteOptions;
import io.grpc.BindableService;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Nodes in memory, with one state and a leader of everything that the test chooses. */
final class FakeCluster implements AutoCloseable {
  private static final long SEED = 8714;

  final FakeState state = new FakeState();
  final List<FakeNode> nodes = new ArrayList<>();
  volatile FakeNode leader;
  volatile long term = 1;
  // Tells the id of another cluster.
  volatile FakeNode foreign;
  // The cluster id that every node tells; empty before init.
  volatile String clusterId = "c-1";
  private final String prefix = UUID.randomUUID() + "/";
  private final List<RemoteClient> clients = new ArrayList<>();

  FakeCluster(int size) throws IOException {
    for (int i = 0; i < size; i++) {
      FakeNode node = new FakeNode("n" + i, new Endpoint("node" + i, 7000));
      nodes.add(node);
      node.start(InProcessServerBuilder.forName(prefix + node.endpoint), services(node));
    }
    leader = nodes.getFirst();
  }

  List<BindableService> services(FakeNode node) {
    return List.of(
        new FakeServices.FakeClusterService(this, node),
        new FakeServices.FakeDatasets(state),
        new FakeServices.FakeChunks(state, node),
        new FakeServices.FakeObjects(state, node));
  }

  /** Short enough that a test which waits for a deadline does not wait long. */
  ClientOptions options() {
    return ClientOptions.of(nodes.stream().map(node -> node.endpoint).toList())
        .withDeadline(Duration.ofSeconds(20))
        .withHedgeDelay(Duration.ofMillis(20))
        .withChunkBytes(64 << 10)
        .withTransfers(8, 1 << 20);
  }

  RemoteClient client() {
    return client(options());
  }

  RemoteClient client(ClientOptions options) {
    RemoteClient client =
        new RemoteClient(
            options,
            new RemoteClient.Environment(
                endpoint -> InProcessChannelBuilder.forName(prefix + endpoint).build(),
                new Random(SEED),
                () -> UUID.randomUUID().toString()),
            RemoteClient.virtualThreads());
    clients.add(client);
    return client;
  }

  FakeNode node(int index) {
    return nodes.get(index);
  }

  /** Makes the cluster consist of this node, which is started already. */
  void replaceNodesBy(FakeNode node) {
    nodes.forEach(FakeNode::stop);
    nodes.clear();
    nodes.add(node);
    leader = node;
  }

  /** Lets the client ask every node who leads, before the test begins. */
  void letItLookAround(BalsaClient client) {
    while (nodes.stream().anyMatch(node -> node.calls("GetStatus") == 0)) {
      client.datasets().create("warm-up", WriteOptions.DEFAULT).orElseThrow();
    }
  }

  @Override
  public void close() {
    clients.forEach(RemoteClient::close);
    nodes.forEach(FakeNode::stop);
  }
}
