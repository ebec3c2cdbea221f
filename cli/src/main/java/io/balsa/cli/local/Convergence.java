package io.balsa.cli.local;

import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Whether all replicas hold the same. Computed from the status of all nodes at about one time. */
public sealed interface Convergence {
  /**
   * Every node is at this revision, and the replicas of each group are at the same index with the
   * same digest.
   *
   * @param digests by group
   */
  record Agreed(long revision, Map<String, String> digests) implements Convergence {}

  /**
   * Not yet.
   *
   * @param what is missing, in one line
   */
  record Waiting(String what) implements Convergence {}

  /**
   * Two replicas applied the same entries and hold different states: that never becomes well.
   *
   * @param what differs
   */
  record Diverged(String what) implements Convergence {}

  /**
   * Looks at the status of all nodes.
   *
   * @param nodesWanted how many nodes there are
   */
  static Convergence of(List<NodeStatus> status, int nodesWanted) {
    List<NodeStatus.Reachable> up = new ArrayList<>();
    for (NodeStatus node : status) {
      if (node instanceof NodeStatus.Reachable reachable) {
        up.add(reachable);
      }
    }
    if (up.size() < nodesWanted) {
      return new Waiting(up.size() + " of " + nodesWanted + " nodes answer");
    }
    Map<String, List<Held>> groups = new TreeMap<>();
    for (NodeStatus.Reachable node : up) {
      for (ReplicaReport replica : node.replicas()) {
        groups
            .computeIfAbsent(replica.group(), _ -> new ArrayList<>())
            .add(new Held(node.identity().nodeId(), replica));
      }
    }
    return compare(up, groups, nodesWanted);
  }

  /**
   * A replica of a node.
   *
   * @param node the node's name
   */
  record Held(String node, ReplicaReport replica) {}

  private static Convergence compare(
      List<NodeStatus.Reachable> up, Map<String, List<Held>> groups, int replicasWanted) {
    Map<String, String> digests = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, List<Held>> group : groups.entrySet()) {
      switch (compareGroup(group.getKey(), group.getValue(), replicasWanted)) {
        case Diverged diverged -> {
          return diverged;
        }
        case Waiting(String what) -> missing.add(what);
        case Agreed(_, Map<String, String> digest) -> digests.putAll(digest);
      }
    }
    Set<Long> revisions = new HashSet<>();
    up.forEach(node -> revisions.add(node.revision()));
    if (revisions.size() > 1) {
      missing.addFirst(revisions(up));
    }
    if (groups.isEmpty()) {
      missing.add("no groups yet");
    }
    return missing.isEmpty()
        ? new Agreed(up.getFirst().revision(), digests)
        : new Waiting(String.join("; ", missing));
  }

  private static String revisions(List<NodeStatus.Reachable> up) {
    Map<String, Long> each = new TreeMap<>();
    up.forEach(node -> each.put(node.identity().nodeId(), node.revision()));
    return "revision " + behind(each);
  }

  /** Those that are behind the foremost, such as {@code n1 5 of 7}. */
  private static String behind(Map<String, Long> each) {
    long foremost = Collections.max(each.values());
    List<String> behind = new ArrayList<>();
    each.forEach(
        (node, reached) -> {
          if (reached < foremost) {
            behind.add(node + " " + reached + " of " + foremost);
          }
        });
    return String.join(", ", behind);
  }

  private static Convergence compareGroup(String group, List<Held> replicas, int wanted) {
    Map<Long, Held> byIndex = new TreeMap<>();
    Set<Long> applied = new HashSet<>();
    boolean digested = true;
    for (Held held : replicas) {
      ReplicaReport replica = held.replica();
      applied.add(replica.position().appliedIndex());
      if (replica.digest().isEmpty()) {
        digested = false;
        continue;
      }
      Held other = byIndex.putIfAbsent(replica.digestIndex(), held);
      if (other != null && !other.replica().digest().equals(replica.digest())) {
        return new Diverged(
            String.format(
                "%s: %s and %s differ at index %d",
                group, other.node(), held.node(), replica.digestIndex()));
      }
    }
    if (replicas.size() < wanted) {
      return new Waiting(group + " on " + replicas.size() + " of " + wanted + " nodes");
    }
    if (applied.size() > 1) {
      return new Waiting(group + " " + applied(replicas));
    }
    if (!digested || byIndex.size() > 1) {
      return new Waiting(group + ": digests of different indexes");
    }
    return new Agreed(0, Map.of(group, replicas.getFirst().replica().digest()));
  }

  private static String applied(List<Held> replicas) {
    Map<String, Long> each = new TreeMap<>();
    replicas.forEach(held -> each.put(held.node(), held.replica().position().appliedIndex()));
    return behind(each);
  }
}
