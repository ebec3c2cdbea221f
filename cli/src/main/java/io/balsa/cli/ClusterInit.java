package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Output;
import io.balsa.cli.render.Table;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeIdentity;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "init",
    description = {
      "Form a cluster of 1, 3 or 5 nodes that are running: those of --nodes.",
      "Safe to repeat with the same nodes. A node of another cluster is refused, and stays there."
    },
    footer = {
      "",
      "Examples:",
      "  balsa cluster init --nodes a:7401,b:7401,c:7401",
      "  balsa cluster init --nodes 127.0.0.1:7401 --chunk-groups 1"
    })
final class ClusterInit extends Verb {
  private static final int CHUNK_GROUPS_MAX = 64;

  @Option(
      names = "--chunk-groups",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many groups hold the bytes, 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int chunkGroups = 3;

  ClusterInit(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    if (chunkGroups < 1 || chunkGroups > CHUNK_GROUPS_MAX) {
      throw VerbFailed.usage("--chunk-groups=" + chunkGroups + ", want 1 to 64");
    }
    List<Endpoint> nodes = session.endpoints();
    if (nodes.size() != 1 && nodes.size() != 3 && nodes.size() != 5) {
      throw VerbFailed.usage("--nodes names " + nodes.size() + " nodes, want 1, 3 or 5");
    }
    FormedCluster cluster =
        session
            .client()
            .cluster()
            .init(nodes, chunkGroups, new Told(session.output()))
            .orElseThrow();
    session.output().answer(() -> Json.formed(cluster), () -> lines(cluster));
    return ExitCode.OK;
  }

  private static List<String> lines(FormedCluster cluster) {
    Table table = new Table("node", "clients", "peers");
    for (NodeIdentity node : cluster.members()) {
      table.row(node.nodeId(), node.clientAddress(), node.peerAddress());
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "cluster "
            + cluster.clusterId()
            + " serves, with "
            + cluster.chunkGroups()
            + " chunk groups");
    lines.addAll(table.lines());
    return lines;
  }

  /** Tells each step on the side. */
  private record Told(Output output) implements InitListener {
    @Override
    public void found(Endpoint endpoint, NodeIdentity identity) {
      output.note("found " + identity.nodeId() + " at " + endpoint);
    }

    @Override
    public void accepted(Endpoint endpoint, String clusterId) {
      output.note(endpoint + " accepted cluster " + clusterId);
    }

    @Override
    public void waiting(int ready, int wanted) {
      output.note("leaders: " + ready + " of " + wanted);
    }
  }
}
