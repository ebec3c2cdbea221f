package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.Read;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Show one dataset.",
    footer = {
      "",
      "Examples:",
      "  balsa dataset show imagenet --receipt",
      "  balsa dataset show imagenet --consistency eventual --json"
    })
final class DatasetShow extends Verb {
  @Parameters(paramLabel = "NAME", description = "The dataset's name.")
  private String name = "";

  @Mixin private ReadFlags read = new ReadFlags();

  DatasetShow(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Read<DatasetSummary> found =
        session.client().datasets().get(datasetName(name), read.options()).orElseThrow();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                        "dataset", Json.dataset(found.value()))
                    .set("receipt", Json.receipt(found.receipt())),
            () -> lines(found.value()));
    read.tell(session.output(), found.receipt());
    return ExitCode.OK;
  }

  private static List<String> lines(DatasetSummary dataset) {
    return List.of(
        "dataset   balsa://" + dataset.name(),
        "created   " + Text.time(dataset.created()) + " at revision " + dataset.createdRevision(),
        "epoch     " + dataset.epoch());
  }
}
