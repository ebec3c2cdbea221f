package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.model.WriteReceipt;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Create an empty dataset.",
    footer = {
      "",
      "Examples:",
      "  balsa dataset create imagenet",
      "  balsa dataset create imagenet --durability all --json"
    })
final class DatasetCreate extends Verb {
  @Parameters(paramLabel = "NAME", description = "1 to 63 of a-z 0-9 . _ -")
  private String name = "";

  @Mixin private WriteFlags write = new WriteFlags();

  DatasetCreate(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    String dataset = datasetName(name);
    WriteReceipt receipt =
        session.client().datasets().create(dataset, write.options()).orElseThrow();
    session
        .output()
        .answer(
            () -> Json.object().put("dataset", dataset).set("receipt", Json.receipt(receipt)),
            () -> List.of("created balsa://" + dataset + ": " + Text.receipt(receipt)));
    return ExitCode.OK;
  }
}
