package io.balsa.client;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.InitClusterRequest;
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
import io.balsa.client.wire.ToWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Forms a cluster, in steps that may all be repeated: who are the nodes, may they form one cluster,
 * tell each of them, wait until it serves. Used once, by one thread.
 */
final class Founding {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int CHUNK_GROUPS_MAX = 64;

  private final Router router;
  private final RemoteCluster cluster;
  private final Duration deadline;
  private final InitListener listener;

  Founding(Router router, RemoteCluster cluster, Duration deadline, InitListener listener) {
    this.router = router;
    this.cluster = cluster;
    this.deadline = deadline;
    this.listener = listener;
  }

  Result<FormedCluster> form(List<Endpoint> endpoints, int chunkGroups) {
    if (chunkGroups < 1 || chunkGroups > CHUNK_GROUPS_MAX) {
      return Result.no(invalid("chunkGroups=" + chunkGroups + ", want 1 to " + CHUNK_GROUPS_MAX));
    }
    int count = endpoints.size();
    if (count != 1 && count != 3 && count != 5) {
      return Result.no(invalid("a cluster is founded by 1, 3 or 5 nodes, given " + count));
    }
    if (Set.copyOf(endpoints).size() != count) {
      return Result.no(invalid("the same endpoint is given twice: " + endpoints));
    }
    return identities(endpoints).then(members -> form(members, chunkGroups));
  }

  private static Refusal invalid(String message) {
    return Refusal.of(RefusalCode.INVALID_ARGUMENT, "INVALID_FIELD", message);
  }

  private Result<Map<Endpoint, NodeIdentity>> identities(List<Endpoint> endpoints) {
    Map<Endpoint, NodeIdentity> members = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      switch (cluster.identity(endpoint)) {
        case Result.Yes<NodeIdentity>(NodeIdentity identity) -> {
          members.put(endpoint, identity);
          listener.found(endpoint, identity);
        }
        case Result.No<NodeIdentity>(Refusal refusal) -> {
          return Result.no(
              new Refusal(
                  refusal.code(),
                  refusal.reason(),
                  endpoint + " does not say who it is: " + refusal.message(),
                  refusal.metadata(),
                  refusal.retryAfter()));
        }
        case Result.Unknown<NodeIdentity>(var id, var why) -> {
          return Result.unknown(id, why);
        }
      }
    }
    return Result.yes(members);
  }

  private Result<FormedCluster> form(Map<Endpoint, NodeIdentity> members, int chunkGroups) {
    List<String> problems = new ArrayList<>();
    problems.addAll(repeated(members, "node id", NodeIdentity::nodeId));
    problems.addAll(repeated(members, "peer id", NodeIdentity::peerId));
    problems.addAll(repeated(members, "peer address", NodeIdentity::peerAddress));
    if (!problems.isEmpty()) {
      return Result.no(invalid(String.join("; ", problems)));
    }
    Set<String> clusters =
        members.values().stream()
            .map(NodeIdentity::clusterId)
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet());
    if (clusters.size() > 1) {
      return Result.no(
          Refusal.of(
              RefusalCode.FAILED_PRECONDITION,
              "OTHER_CLUSTER",
              "these nodes belong to different clusters: " + where(members)));
    }
    return tell(members, chunkGroups).then(id -> waitForLeaders(id, members, chunkGroups));
  }

  private static String where(Map<Endpoint, NodeIdentity> members) {
    return members.values().stream()
        .map(m -> m.nodeId() + " to " + (m.clusterId().isEmpty() ? "none" : m.clusterId()))
        .collect(Collectors.joining(", "));
  }

  private static List<String> repeated(
      Map<Endpoint, NodeIdentity> members, String what, Function<NodeIdentity, String> of) {
    Map<String, Endpoint> seen = new HashMap<>();
    List<String> problems = new ArrayList<>();
    members.forEach(
        (endpoint, identity) -> {
          String value = of.apply(identity);
          Endpoint other = seen.putIfAbsent(value, endpoint);
          if (value.isEmpty()) {
            problems.add(endpoint + " has no " + what);
          } else if (other != null) {
            problems.add(endpoint + " and " + other + " have the same " + what + " " + value);
          }
        });
    return problems;
  }

  /** A node that is a member already goes first: if it refuses, no other node was touched. */
  private Result<String> tell(Map<Endpoint, NodeIdentity> members, int chunkGroups) {
    var request = InitClusterRequest.newBuilder().setChunkGroups(chunkGroups);
    members.values().forEach(member -> request.addMembers(ToWire.identity(member)));
    List<Endpoint> order = new ArrayList<>(members.keySet());
    order.sort(
        Comparator.comparing(endpoint -> identityOf(members, endpoint).clusterId().isEmpty()));
    Set<String> ids = new HashSet<>();
    Result<String> told = Result.no(invalid("no nodes"));
    for (Endpoint endpoint : order) {
      told =
          router.run(
              Call.write(
                  ClusterGrpc.getInitClusterMethod(),
                  request.build(),
                  new Aim.Only(endpoint),
                  "init",
                  answer -> answer.getClusterId()));
      if (!(told instanceof Result.Yes<String>(String id))) {
        return told;
      }
      ids.add(id);
      listener.accepted(endpoint, id);
    }
    return ids.size() == 1
        ? told
        : Result.no(
            Refusal.of(RefusalCode.INTERNAL, "", "nodes computed different cluster ids: " + ids));
  }

  private static NodeIdentity identityOf(Map<Endpoint, NodeIdentity> members, Endpoint endpoint) {
    NodeIdentity identity = members.get(endpoint);
    if (identity == null) {
      throw new IllegalStateException(endpoint + " is no member");
    }
    return identity;
  }

  private Result<FormedCluster> waitForLeaders(
      String id, Map<Endpoint, NodeIdentity> members, int chunkGroups) {
    List<Endpoint> endpoints = List.copyOf(members.keySet());
    int wanted = chunkGroups + 1;
    long giveUpAtNanos = System.nanoTime() + deadline.toNanos();
    while (true) {
      int ready = groupsWithLeader(cluster.status(endpoints));
      listener.waiting(ready, wanted);
      if (ready >= wanted) {
        return Result.yes(new FormedCluster(id, List.copyOf(members.values()), chunkGroups));
      }
      if (System.nanoTime() - giveUpAtNanos >= 0) {
        return Result.unknown(
            "init", "formed, but only " + ready + " of " + wanted + " groups have a leader yet");
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Result.unknown("init", "interrupted while waiting for leaders");
      }
    }
  }

  /** Groups of which every node knows a leader, and one node says that it is the one. */
  private static int groupsWithLeader(List<NodeStatus> statuses) {
    Map<String, Integer> knowing = new HashMap<>();
    Set<String> led = new HashSet<>();
    for (NodeStatus status : statuses) {
      if (status instanceof NodeStatus.Reachable node) {
        for (ReplicaReport replica : node.replicas()) {
          if (!replica.leaderNodeId().isEmpty() || replica.role() == GroupRole.LEADER) {
            knowing.merge(replica.group(), 1, Integer::sum);
          }
          if (replica.role() == GroupRole.LEADER) {
            led.add(replica.group());
          }
        }
      }
    }
    return (int)
        led.stream().filter(group -> knowing.getOrDefault(group, 0) == statuses.size()).count();
  }
}
