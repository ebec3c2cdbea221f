package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.ScrubProgress;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "scrub",
    description = {
      "Read everything that is stored on a node and check it; what is bad is repaired from others.",
      "Goes on until it is done; Ctrl-C ends it on the node, too.",
      "Exit code 0: nothing is lost there now; 6: something is."
    },
    footer = {
      "",
      "Examples:",
      "  balsa node scrub n2",
      "  balsa node scrub n2 --group chunks-1 --bytes-per-second 33554432 --json"
    })
final class NodeScrub extends Verb {
  @Mixin private NodeChoice node = new NodeChoice();
  @Mixin private NodeGroupFlags which = new NodeGroupFlags();

  @Option(
      names = "--bytes-per-second",
      paramLabel = "N",
      defaultValue = "0",
      description = "Read no faster; 0: as fast as the disk does (default: ${DEFAULT-VALUE}).")
  private long bytesPerSecond;

  NodeScrub(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    if (bytesPerSecond < 0) {
      throw VerbFailed.usage("--bytes-per-second=" + bytesPerSecond + ", want 0 or more");
    }
    Endpoint endpoint = node.in(session);
    ScrubProgress done;
    try (NodeWork work = new NodeWork(session, "scrubbing")) {
      done =
          session
              .client()
              .nodes()
              .scrub(
                  endpoint,
                  which.group(),
                  bytesPerSecond,
                  at -> work.reached(at.bytesDone(), at.bytesTotal()))
              .orElseThrow();
    }
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("endpoint", endpoint.toString())
                    .put("read_bytes", done.bytesDone())
                    .put("found", done.found())
                    .put("lost", done.lost()),
            () -> lines(done));
    return done.lost() == 0 ? ExitCode.OK : ExitCode.CORRUPT;
  }

  private static List<String> lines(ScrubProgress done) {
    return List.of(
        "read      " + Amounts.bytes(done.bytesDone()),
        "bad       " + Amounts.count(done.found()),
        "lost      " + (done.lost() == 0 ? "none" : Amounts.count(done.lost()) + ", not repaired"));
  }
}
