package io.balsa.client;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.CollectRequest;
import io.balsa.api.v1.CollectionGrpc;
import io.balsa.api.v1.GetIdentityRequest;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.client.model.CollectionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.Result;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.UpkeepFromWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The cluster over RPC. */
final class RemoteCluster implements Cluster {
  /** Long enough for a busy node, short enough for a person who waits. */
  private static final Duration STATUS_WITHIN = Duration.ofSeconds(2);

  /** No round takes longer, and a call must have some deadline. */
  private static final Duration ROUND_MAX = Duration.ofDays(30);

  private final Router router;
  private final Duration deadline;
  private final ExecutorService executor;

  RemoteCluster(Router router, Duration deadline, ExecutorService executor) {
    this.router = router;
    this.deadline = deadline;
    this.executor = executor;
  }

  @Override
  public Result<NodeIdentity> identity(Endpoint endpoint) {
    return router.run(
        Call.read(
            ClusterGrpc.getGetIdentityMethod(),
            GetIdentityRequest.getDefaultInstance(),
            new Aim.Only(endpoint),
            answer -> FromWire.identity(answer.getIdentity(), answer.getVersion())));
  }

  @Override
  public Result<CollectionProgress> collect(boolean now, Consumer<CollectionProgress> listener) {
    Optional<Endpoint> leader = catalogLeader();
    if (leader.isEmpty()) {
      return Result.no(
          Refusal.of(RefusalCode.UNAVAILABLE, "NO_LEADER", "nobody leads the catalog"));
    }
    return router.run(
        Call.watch(
            CollectionGrpc.getCollectMethod(),
            CollectRequest.newBuilder().setNow(now).build(),
            new Aim.Only(leader.get()),
            answer -> listener.accept(UpkeepFromWire.collection(answer)),
            UpkeepFromWire::collected),
        ROUND_MAX);
  }

  /** Whoever says so; two do for a moment, and the older one refuses the round. */
  private Optional<Endpoint> catalogLeader() {
    return status().stream()
        .filter(NodeStatus.Reachable.class::isInstance)
        .map(NodeStatus.Reachable.class::cast)
        .filter(node -> node.replicas().stream().anyMatch(RemoteCluster::leadsCatalog))
        .map(NodeStatus.Reachable::endpoint)
        .findFirst();
  }

  private static boolean leadsCatalog(ReplicaReport replica) {
    return replica.role() == GroupRole.LEADER
        && new Aim.Leader(replica.group()).equals(Aim.catalog());
  }

  @Override
  public Result<FormedCluster> init(
      List<Endpoint> endpoints, int chunkGroups, InitListener listener) {
    return new Founding(router, this, deadline, listener).form(endpoints, chunkGroups);
  }

  @Override
  public List<NodeStatus> status() {
    List<Endpoint> known = router.endpoints();
    List<NodeStatus> found = status(known);
    Set<String> answered =
        found.stream()
            .filter(NodeStatus.Reachable.class::isInstance)
            .map(status -> ((NodeStatus.Reachable) status).identity().nodeId())
            .collect(Collectors.toSet());
    // Members that only another node knew of.
    Map<String, Endpoint> others = addresses(found);
    others.keySet().removeAll(answered);
    others.values().removeAll(known);
    List<NodeStatus> all = new ArrayList<>(found);
    all.addAll(status(List.copyOf(others.values())));
    return distinct(all);
  }

  /** Asks these nodes at once; one status for each, in their order. */
  List<NodeStatus> status(List<Endpoint> endpoints) {
    List<Future<NodeStatus>> asked =
        endpoints.stream().map(endpoint -> executor.submit(() -> status(endpoint))).toList();
    List<NodeStatus> statuses = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      statuses.add(await(endpoints.get(i), asked.get(i)));
    }
    return statuses;
  }

  private static NodeStatus await(Endpoint endpoint, Future<NodeStatus> asked) {
    try {
      return asked.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unreachable(endpoint, Refusal.of(RefusalCode.CANCELLED, "", "interrupted"));
    } catch (ExecutionException e) {
      return unreachable(endpoint, Refusal.of(RefusalCode.INTERNAL, "", "" + e.getCause()));
    }
  }

  private NodeStatus status(Endpoint endpoint) {
    Duration within = STATUS_WITHIN.compareTo(deadline) < 0 ? STATUS_WITHIN : deadline;
    Result<NodeStatus.Reachable> status =
        router.run(
            Call.read(
                ClusterGrpc.getGetStatusMethod(),
                GetStatusRequest.getDefaultInstance(),
                new Aim.Only(endpoint),
                answer -> FromWire.status(endpoint, answer)),
            within);
    return switch (status) {
      case Result.Yes<NodeStatus.Reachable>(var reachable) -> reachable;
      case Result.No<NodeStatus.Reachable>(Refusal refusal) -> unreachable(endpoint, refusal);
      case Result.Unknown<NodeStatus.Reachable>(var id, var why) ->
          unreachable(endpoint, Refusal.of(RefusalCode.UNAVAILABLE, "", why));
    };
  }

  private static NodeStatus unreachable(Endpoint endpoint, Refusal why) {
    return new NodeStatus.Unreachable(endpoint, Optional.empty(), why);
  }

  /** Node id to client address, of every member that some node knows. */
  private static Map<String, Endpoint> addresses(List<NodeStatus> statuses) {
    Map<String, Endpoint> addresses = new HashMap<>();
    for (NodeStatus status : statuses) {
      if (status instanceof NodeStatus.Reachable reachable) {
        for (NodeIdentity member : reachable.members()) {
          Endpoint.tryParse(member.clientAddress())
              .ifPresent(address -> addresses.put(member.nodeId(), address));
        }
      }
    }
    return addresses;
  }

  /** One line a node: those that answer by their names, then the others by their addresses. */
  private static List<NodeStatus> distinct(List<NodeStatus> all) {
    Map<Endpoint, String> names = new HashMap<>();
    addresses(all).forEach((name, address) -> names.put(address, name));
    Map<String, NodeStatus> reachable = new HashMap<>();
    Map<String, NodeStatus> unreachable = new HashMap<>();
    for (NodeStatus status : all) {
      switch (status) {
        case NodeStatus.Reachable node -> reachable.putIfAbsent(node.identity().nodeId(), node);
        case NodeStatus.Unreachable node -> {
          Optional<String> name = Optional.ofNullable(names.get(node.endpoint()));
          unreachable.putIfAbsent(
              name.orElseGet(() -> node.endpoint().toString()),
              new NodeStatus.Unreachable(node.endpoint(), name, node.why()));
        }
      }
    }
    reachable.keySet().forEach(unreachable::remove);
    List<NodeStatus> distinct = new ArrayList<>();
    reachable.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> distinct.add(entry.getValue()));
    unreachable.values().stream()
        .sorted(Comparator.comparing(status -> status.endpoint().toString()))
        .forEach(distinct::add);
    return distinct;
  }
}
