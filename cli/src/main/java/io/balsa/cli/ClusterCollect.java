package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.client.model.CollectionProgress;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "collect",
    description = {
      "Free what nobody can see any more: old rows of the catalog, then chunks without an object.",
      "The cluster does so by itself, too. Space goes back to the disks when packs are compacted.",
      "Ctrl-C ends the round; what it did stays done, and the next one goes on."
    },
    footer = {"", "Examples:", "  balsa cluster collect", "  balsa cluster collect --now --json"})
final class ClusterCollect extends Verb {
  @Option(
      names = "--now",
      description = {
        "As if retention and grace were over. Reads at older revisions, and listings that are",
        "under way, are refused from then on; versions stay."
      })
  private boolean now;

  ClusterCollect(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    CollectionProgress done =
        session
            .client()
            .cluster()
            .collect(now, at -> session.output().note(text(at)))
            .orElseThrow();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("floor", done.floor())
                    .put("rows_swept", done.rowsSwept())
                    .put("chunks_condemned", done.chunksCondemned())
                    .put("chunks_removed", done.chunksRemoved()),
            () ->
                List.of(
                    "readable from revision  " + Amounts.count(done.floor()),
                    "rows swept              " + Amounts.count(done.rowsSwept()),
                    "chunks condemned        " + Amounts.count(done.chunksCondemned()),
                    "chunks removed          " + Amounts.count(done.chunksRemoved())));
    return ExitCode.OK;
  }

  private static String text(CollectionProgress at) {
    return "%s: %s rows swept, %s chunks condemned, %s removed"
        .formatted(
            at.step().name().toLowerCase(Locale.ROOT),
            Amounts.count(at.rowsSwept()),
            Amounts.count(at.chunksCondemned()),
            Amounts.count(at.chunksRemoved()));
  }
}
