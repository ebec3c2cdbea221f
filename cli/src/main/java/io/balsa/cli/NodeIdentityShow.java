package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.client.model.NodeIdentity;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "identity",
    description = "Show who a node is. Works before it is in a cluster.",
    footer = {"", "Examples:", "  balsa node identity n2", "  balsa node identity 10.0.0.2:7401"})
final class NodeIdentityShow extends Verb {
  @Mixin private NodeChoice node = new NodeChoice();

  NodeIdentityShow(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    NodeIdentity identity = session.client().cluster().identity(node.in(session)).orElseThrow();
    session.output().answer(() -> Json.identity(identity), () -> lines(identity));
    return ExitCode.OK;
  }

  private static List<String> lines(NodeIdentity identity) {
    return List.of(
        "node      " + identity.nodeId(),
        "peer      " + identity.peerId(),
        "cluster   " + (identity.clusterId().isEmpty() ? "none yet" : identity.clusterId()),
        "peers     reach it at " + identity.peerAddress(),
        "clients   reach it at " + identity.clientAddress(),
        "version   " + identity.version());
  }
}
