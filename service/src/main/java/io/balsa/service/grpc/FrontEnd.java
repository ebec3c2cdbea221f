package io.balsa.service.grpc;

import io.balsa.service.admission.Admission;
import io.balsa.service.collection.ChunkRemoval;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** The services of a node, wired. Thread-safe. */
public final class FrontEnd {
  private final List<BindableService> services;
  private final ServerInterceptor frontDoor;
  private final ChunkRemovals removals;

  /**
   * What the services stand on.
   *
   * @param node whose groups they serve
   * @param peers connections to the other members; closed by whoever made them
   * @param admission bounds what is in flight
   * @param executor one virtual thread a task
   * @param failStop gets an {@link Error}: the node must stop
   */
  public record Ground(
      ClusterNode node,
      PeerChannels peers,
      Admission admission,
      Executor executor,
      Consumer<Throwable> failStop) {}

  /** Wires the services; starts nothing. */
  public FrontEnd(Ground ground, ServiceOptions options) {
    this(ground, options, FrontEnd::pause);
  }

  FrontEnd(Ground ground, ServiceOptions options, ToLeader.Pause pause) {
    Errors errors = new Errors(ground.failStop(), FrontEnd::newId);
    Calls calls = new Calls(errors, options.requestTimeout(), ground.executor());
    Forwarder forwarder = new Forwarder(ground.peers());
    FreshReads reads = new FreshReads(ground.node());
    ToLeader toLeader = new ToLeader(ground.node(), forwarder, pause);
    DurabilityProof proof =
        new DurabilityProof(forwarder, ground.executor(), options.watchTimeout(), errors::note);
    Mutations mutations = new Mutations(reads, toLeader, proof);
    ObjectCommits commits = new ObjectCommits(reads, toLeader, proof, errors, FrontEnd::newId);
    ChunkStore store = new ChunkStore(reads, toLeader);
    ChunkFetch fetch = new ChunkFetch(ground.node(), reads, forwarder, options.lagWait());
    this.removals = new ChunkRemovals(reads, toLeader, options.requestTimeout());
    this.frontDoor = new FrontDoor(ground.admission());
    this.services =
        List.of(
            new DatasetsService(calls, reads, mutations, FrontEnd::newId),
            new ObjectsService(
                calls,
                new ObjectsService.Parts(reads, mutations, commits, store, fetch),
                options,
                FrontEnd::newId),
            new ChunksService(calls, reads, store, fetch, options.stallTimeout()),
            new CollectionService(calls, ground.node(), removals, options.stallTimeout()),
            new ClusterService(calls, ground.node(), reads, options.stallTimeout()),
            new NodesService(calls, ground.node(), options.stallTimeout(), pause));
  }

  /** Has chunk groups remove chunks, wherever their leaders are. */
  public ChunkRemoval removal() {
    return removals;
  }

  List<BindableService> services() {
    return services;
  }

  ServerInterceptor frontDoor() {
    return frontDoor;
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  /** Up to a quarter shorter, so that retries do not march in step. */
  private static void pause(Duration length) throws InterruptedException {
    long nanos = length.toNanos();
    Thread.sleep(Duration.ofNanos(nanos - ThreadLocalRandom.current().nextLong(nanos / 4 + 1)));
  }
}
