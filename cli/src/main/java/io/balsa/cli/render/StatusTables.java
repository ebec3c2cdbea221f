package io.balsa.cli.render;

import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The state of a cluster as two tables: its nodes, then the replicas on them. */
public final class StatusTables {
  private StatusTables() {}

  /** Both tables, with what is wrong between them. */
  public static List<String> of(List<NodeStatus> nodes) {
    List<String> lines = new ArrayList<>(nodes(nodes));
    lines.addAll(problems(nodes));
    lines.add("");
    lines.addAll(replicas(nodes));
    return lines;
  }

  /** One line a problem of a node that answered, and a replica that does not vote. */
  private static List<String> problems(List<NodeStatus> nodes) {
    List<String> lines = new ArrayList<>();
    for (NodeStatus node : nodes) {
      if (node instanceof NodeStatus.Reachable up) {
        for (NodeStatus.Problem problem : up.health().problems()) {
          lines.add(
              "%s: %s for %s: %s"
                  .formatted(
                      up.identity().nodeId(),
                      problem.code(),
                      Amounts.duration(problem.since()),
                      problem.text()));
        }
        for (ReplicaReport replica : up.replicas()) {
          if (!replica.absence().isEmpty()) {
            lines.add(
                "%s: %s does not vote: %s"
                    .formatted(up.identity().nodeId(), replica.group(), replica.absence()));
          }
        }
      }
    }
    return lines;
  }

  /** One row a node. */
  public static List<String> nodes(List<NodeStatus> nodes) {
    Table table =
        new Table("node", "endpoint", "state", ">revision", ">age", ">memory", ">up", "version");
    for (NodeStatus node : nodes) {
      switch (node) {
        case NodeStatus.Reachable up ->
            table.row(
                up.identity().nodeId(),
                up.endpoint().toString(),
                "up",
                Long.toString(up.revision()),
                age(up.health().age()),
                memory(up.health().residentBytes()),
                Amounts.duration(up.health().uptime()),
                up.identity().version());
        case NodeStatus.Unreachable down ->
            table.row(
                down.nodeId().orElse("?"),
                down.endpoint().toString(),
                "down: "
                    + (down.why().reason().isEmpty()
                        ? down.why().code().name()
                        : down.why().reason()),
                "-",
                "-",
                "-",
                "-",
                "-");
      }
    }
    return table.lines();
  }

  /** One row a replica of a node that answered. */
  public static List<String> replicas(List<NodeStatus> nodes) {
    Table table =
        new Table(
            "node",
            "group",
            "role",
            "leader",
            ">term",
            ">commit",
            ">applied",
            ">snapshot",
            "digest",
            ">at",
            ">log",
            ">chunks",
            ">bytes");
    for (NodeStatus node : nodes) {
      if (node instanceof NodeStatus.Reachable up) {
        up.replicas().forEach(replica -> add(table, up.identity().nodeId(), replica));
      }
    }
    return table.lines();
  }

  private static void add(Table table, String node, ReplicaReport replica) {
    table.row(
        node,
        replica.group(),
        replica.role().name().toLowerCase(Locale.ROOT),
        replica.leaderNodeId().isEmpty() ? "-" : replica.leaderNodeId(),
        Long.toString(replica.position().term()),
        Long.toString(replica.position().commitIndex()),
        Long.toString(replica.position().appliedIndex()),
        Long.toString(replica.position().snapshotIndex()),
        Text.digest(replica.digest()),
        Long.toString(replica.digestIndex()),
        Amounts.bytes(replica.volume().logBytes()),
        Amounts.count(replica.volume().chunks()),
        Amounts.bytes(replica.volume().chunkBytes()));
  }

  private static String age(Optional<Duration> age) {
    return age.map(Amounts::duration).orElse("unproven");
  }

  private static String memory(long residentBytes) {
    return residentBytes == 0 ? "-" : Amounts.bytes(residentBytes);
  }
}
