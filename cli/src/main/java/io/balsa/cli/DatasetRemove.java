package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.Datasets;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteReceipt;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = "Delete a dataset that has neither objects nor versions; with -r any.",
    footer = {"", "Examples:", "  balsa dataset rm scratch", "  balsa dataset rm -r imagenet"})
final class DatasetRemove extends Verb {
  @Parameters(paramLabel = "NAME", description = "The dataset's name.")
  private String name = "";

  @Option(
      names = {"-r", "--recursive"},
      description = "With all its objects and versions, for ever.")
  private boolean recursive;

  @Mixin private WriteFlags write = new WriteFlags();

  DatasetRemove(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    String dataset = datasetName(name);
    Datasets datasets = session.client().datasets();
    Result<WriteReceipt> outcome =
        recursive
            ? datasets.deleteRecursively(dataset, write.options())
            : datasets.delete(dataset, write.options());
    WriteReceipt receipt = outcome.orElseThrow();
    session
        .output()
        .answer(
            () -> Json.object().put("dataset", dataset).set("receipt", Json.receipt(receipt)),
            () -> List.of("deleted balsa://" + dataset + ": " + Text.receipt(receipt)));
    return ExitCode.OK;
  }
}
