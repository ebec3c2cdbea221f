package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.StatusTables;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = {
      "Show every node and every replica; asks each node directly, so it needs no quorum.",
      "Exit code 0: every node answers and every group has a leader; 5: not so."
    },
    footer = {
      "",
      "Examples:",
      "  balsa cluster status",
      "  balsa cluster status --nodes a:7401,b:7401,c:7401 --timeout 2s --json"
    })
final class ClusterStatus extends Verb {
  ClusterStatus(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    List<NodeStatus> nodes = session.client().cluster().status();
    Set<String> leaderless = leaderless(nodes);
    long down = nodes.stream().filter(NodeStatus.Unreachable.class::isInstance).count();
    boolean healthy = down == 0 && leaderless.isEmpty() && !nodes.isEmpty();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("healthy", healthy)
                    .put("nodes_down", down)
                    .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                        "groups_without_leader", Json.strings(List.copyOf(leaderless)))
                    .set("nodes", Json.array(nodes, Json::status)),
            () -> StatusTables.of(nodes));
    if (down > 0) {
      session.output().note("nodes that do not answer: " + Amounts.count(down));
    }
    if (!leaderless.isEmpty()) {
      session.output().note("groups without a leader: " + String.join(", ", leaderless));
    }
    return healthy ? ExitCode.OK : ExitCode.UNAVAILABLE;
  }

  private static Set<String> leaderless(List<NodeStatus> nodes) {
    Set<String> groups = new TreeSet<>();
    Set<String> led = new TreeSet<>();
    for (NodeStatus node : nodes) {
      if (node instanceof NodeStatus.Reachable up) {
        for (ReplicaReport replica : up.replicas()) {
          groups.add(replica.group());
          if (replica.role() == GroupRole.LEADER) {
            led.add(replica.group());
          }
        }
      }
    }
    groups.removeAll(led);
    return groups;
  }
}
