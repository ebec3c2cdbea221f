package io.balsa.service.grpc;

import io.balsa.catalog.StateDigest;
import io.balsa.model.GroupName;
import io.balsa.service.admission.Admission;
import io.balsa.service.consensus.Member;
import io.balsa.service.neighbours.Beat;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One node of a {@link FakeCluster}, with a real listener and a client of its own. */
final class FakeNode implements ClusterNode, AutoCloseable {
  final FakeCluster cluster;
  final FakeCatalog catalog;
  final List<FakeChunks> chunkGroups = new ArrayList<>();
  final Admission admission;
  final List<Throwable> stops = new CopyOnWriteArrayList<>();
  final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final int number;
  private final PeerChannels peers;
  private final GrpcServer server;
  private ManagedChannel channel;

  /** What it serves snapshots from; null for none. */
  volatile SnapshotServing snapshots;

  /** Applies nothing that is committed from now on, until it catches up. */
  volatile boolean lagging;

  /** A change that adds more is refused; below 0 any that adds something. */
  volatile long freeBytes = Long.MAX_VALUE;

  /** False: before the cluster is formed. */
  volatile boolean initialized = true;

  FakeNode(
      FakeCluster cluster,
      int number,
      ServiceOptions options,
      Admission admission,
      List<ClientInterceptor> links) {
    this.cluster = cluster;
    this.number = number;
    this.admission = admission;
    this.catalog = new FakeCatalog(this);
    for (int group = 1; group <= FakeCluster.CHUNK_GROUPS; group++) {
      chunkGroups.add(new FakeChunks(this, group));
    }
    this.peers = new PeerChannels(PeerLinks.through(links.toArray(ClientInterceptor[]::new)));
    FrontEnd frontEnd =
        new FrontEnd(new FrontEnd.Ground(this, peers, admission, executor, stops::add), options);
    this.server = new GrpcServer(new ServerOptions("127.0.0.1", 0, 1_000), frontEnd, executor);
  }

  @Override
  public SnapshotServing snapshots() {
    return snapshots == null ? ClusterNode.super.snapshots() : snapshots;
  }

  void start() throws IOException {
    server.start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(20 << 20)
            .build();
  }

  GrpcServer server() {
    return server;
  }

  ManagedChannel channel() {
    return channel;
  }

  Member member() {
    return new Member(
        "n" + number,
        "n" + number + ".000000000000000" + number,
        "127.0.0.1:" + (1 + number),
        "127.0.0.1:" + server.port());
  }

  /** Applies all that is committed. */
  void catchUp() {
    cluster.lock.lock();
    try {
      lagging = false;
      catalog.applied = cluster.committed;
      cluster.changed.signalAll();
    } finally {
      cluster.lock.unlock();
    }
    chunkGroups.forEach(FakeChunks::catchUp);
  }

  @Override
  public Identity identity() {
    return new Identity(member(), initialized ? Optional.of("cluster") : Optional.empty(), "test");
  }

  @Override
  public List<Member> members() {
    return initialized ? cluster.nodes.stream().map(FakeNode::member).toList() : List.of();
  }

  @Override
  public String initCluster(List<Member> members, int chunkGroups) {
    if (initialized) {
      throw Problems.otherCluster("cluster").refusal();
    }
    return "founded by " + members.size() + " with " + chunkGroups;
  }

  @Override
  public Optional<Groups> groups() {
    return initialized
        ? Optional.of(new Groups(catalog, List.copyOf(chunkGroups)))
        : Optional.empty();
  }

  @Override
  public void heard(Beat beat) {}

  @Override
  public void requireSpace(long bytes) {
    if (bytes > freeBytes) {
      throw Problems.diskFull("n" + number, freeBytes, 10).refusal();
    }
  }

  @Override
  public Condition condition() {
    return new Condition(
        List.of(
            new Replica(
                GroupName.CATALOG,
                "group",
                Role.LEADER,
                new Progress(Optional.of("n0"), 1, 2, 2, -1),
                new State(StateDigest.ZERO, 2, 10, 0, 0),
                Optional.empty())),
        42,
        Duration.ofMillis(7),
        List.of());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      server.stop(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    peers.close();
    executor.shutdownNow();
  }
}
