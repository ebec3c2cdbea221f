package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.Endpoint;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "compact",
    description = {
      "Give the space of deleted chunks back to a node's disk. Nodes do so by themselves, too.",
      "Goes on until it is done; Ctrl-C ends it on the node, too, and leaves everything whole."
    },
    footer = {
      "",
      "Examples:",
      "  balsa node compact n2",
      "  balsa node compact 10.0.0.2:7401 --group chunks-1 --json"
    })
final class NodeCompact extends Verb {
  @Mixin private NodeChoice node = new NodeChoice();
  @Mixin private NodeGroupFlags which = new NodeGroupFlags();

  NodeCompact(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Endpoint endpoint = node.in(session);
    CompactionProgress done;
    try (NodeWork work = new NodeWork(session, "compacting")) {
      done =
          session
              .client()
              .nodes()
              .compact(endpoint, which.group(), at -> work.reached(at.bytesDone(), 0))
              .orElseThrow();
    }
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("endpoint", endpoint.toString())
                    .put("read_bytes", done.bytesDone())
                    .put("freed_bytes", done.freedBytes()),
            () ->
                List.of(
                    "read      " + Amounts.bytes(done.bytesDone()),
                    "freed     " + Amounts.bytes(done.freedBytes())));
    return ExitCode.OK;
  }
}
