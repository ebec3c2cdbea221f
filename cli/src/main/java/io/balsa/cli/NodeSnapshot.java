package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Table;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupSnapshot;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "snapshot",
    description = {
      "Make everything that a node has applied durable in its stores; logs are cut behind it.",
      "Nodes do so by themselves, too. Afterwards the node starts faster."
    },
    footer = {
      "",
      "Examples:",
      "  balsa node snapshot n2",
      "  balsa node snapshot n2 --group catalog --json"
    })
final class NodeSnapshot extends Verb {
  @Mixin private NodeChoice node = new NodeChoice();
  @Mixin private NodeGroupFlags which = new NodeGroupFlags();

  NodeSnapshot(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Endpoint endpoint = node.in(session);
    List<GroupSnapshot> done =
        session
            .client()
            .nodes()
            .takeSnapshot(
                endpoint,
                which.group(),
                group -> session.output().note(group.group() + " is at " + group.index()))
            .orElseThrow();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("endpoint", endpoint.toString())
                    .set("groups", Json.array(done, NodeSnapshot::json)),
            () -> lines(done));
    return ExitCode.OK;
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode json(GroupSnapshot group) {
    return Json.object().put("group", group.group()).put("index", group.index());
  }

  private static List<String> lines(List<GroupSnapshot> done) {
    Table table = new Table("group", ">index");
    done.forEach(group -> table.row(group.group(), Long.toString(group.index())));
    return table.lines();
  }
}
