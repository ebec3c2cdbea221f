package io.balsa.client;

import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Result;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.ChannelFactory;
import io.balsa.client.routing.NettyChannels;
import io.balsa.client.routing.Router;
import io.balsa.client.transfer.Downloads;
import io.balsa.client.transfer.Target;
import io.balsa.client.transfer.Uploads;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A client over RPC: wires the parts. Owns the router, and through it the channels. */
final class RemoteClient implements BalsaClient {
  private final Router router;
  private final Ids ids;
  private final Uploads uploads;
  private final RemoteDatasets datasets;
  private final RemoteVersions versions;
  private final RemoteObjects objects;
  private final RemoteCluster cluster;
  private final RemoteNodes nodes;

  /** What a client takes from outside, so that tests decide it. */
  record Environment(ChannelFactory channels, RandomGenerator random, Supplier<String> freshIds) {}

  RemoteClient(ClientOptions options, Environment environment, ExecutorService executor) {
    this.router =
        new Router(options, environment.channels(), System::nanoTime, environment.random());
    this.ids = new Ids(environment.freshIds());
    this.uploads = new Uploads(options, router, executor, environment.freshIds());
    this.datasets = new RemoteDatasets(router, ids);
    this.versions = new RemoteVersions(router, ids);
    this.objects =
        new RemoteObjects(router, ids, uploads, new Downloads(options, router, executor));
    this.cluster = new RemoteCluster(router, options.deadline(), executor);
    this.nodes = new RemoteNodes(router);
  }

  static RemoteClient overTcp(ClientOptions options) {
    ExecutorService executor = virtualThreads();
    return new RemoteClient(
        options,
        new Environment(
            new NettyChannels(executor), new Random(), () -> UUID.randomUUID().toString()),
        executor);
  }

  /**
   * A virtual thread for each task. Never shut down: it holds no thread when it is idle, its tasks
   * end with the calls that they serve, and those end when the router is closed.
   */
  static ExecutorService virtualThreads() {
    return Executors.newThreadPerTaskExecutor(
        Thread.ofVirtual().name("balsa-client-", 0).factory());
  }

  @Override
  public Datasets datasets() {
    return datasets;
  }

  @Override
  public Versions versions() {
    return versions;
  }

  @Override
  public Objects objects() {
    return objects;
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public Nodes nodes() {
    return nodes;
  }

  @Override
  public Result<Transaction> begin(String dataset, BeginOptions options) {
    String id = ids.of(options.requestId());
    var request = BeginTransactionRequest.newBuilder().setRequestId(id).setDataset(dataset);
    options.epoch().ifPresent(request::setEpoch);
    Result<Long> begun =
        router.run(
            Call.write(
                ObjectsGrpc.getBeginTransactionMethod(),
                request.build(),
                Aim.catalog(),
                id,
                answer -> positive(answer.getTransaction().getId())));
    return begun.map(transactionId -> transaction(dataset, transactionId, true));
  }

  @Override
  public Transaction attach(String dataset, long id) {
    return transaction(dataset, positive(id), false);
  }

  private Transaction transaction(String dataset, long id, boolean begunHere) {
    return new RemoteTransaction(
        new Target(dataset, id), begunHere, new RemoteTransaction.Tools(router, ids, uploads));
  }

  private static long positive(long id) {
    if (id < 1) {
      throw new IllegalArgumentException("transactionId=" + id + ", want >= 1");
    }
    return id;
  }

  @Override
  public void close() {
    router.close();
  }
}
