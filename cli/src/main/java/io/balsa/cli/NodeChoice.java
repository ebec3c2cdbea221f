package io.balsa.cli;

import io.balsa.client.model.Endpoint;
import io.balsa.client.model.NodeStatus;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Which node a verb is about: by its name in the cluster, or by its address. */
final class NodeChoice {
  @Parameters(
      paramLabel = "NODE",
      description = "The node's id, as balsa cluster status shows it, or its HOST:PORT.")
  private String node = "";

  /** The node's address for clients. */
  Endpoint in(Session session) {
    if (node.contains(":")) {
      return Endpoint.tryParse(node)
          .orElseThrow(() -> VerbFailed.usage("NODE='" + node + "', want an id or HOST:PORT"));
    }
    List<NodeStatus> known = session.client().cluster().status();
    for (NodeStatus status : known) {
      if (status instanceof NodeStatus.Reachable up && up.identity().nodeId().equals(node)) {
        return up.endpoint();
      }
    }
    for (NodeStatus status : known) {
      if (status instanceof NodeStatus.Unreachable down
          && down.nodeId().filter(node::equals).isPresent()) {
        return down.endpoint();
      }
    }
    throw VerbFailed.usage("NODE='" + node + "', and no node that answers knows it");
  }
}
