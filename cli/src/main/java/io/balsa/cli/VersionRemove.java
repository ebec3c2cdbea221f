package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.model.WriteReceipt;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = "Delete a version; what it alone showed is freed in time.",
    footer = {"", "Examples:", "  balsa version rm balsa://imagenet@v1"})
final class VersionRemove extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET@VERSION")
  private Optional<Address> at = Optional.empty();

  @Mixin private WriteFlags write = new WriteFlags();

  VersionRemove(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Address address = at.orElseThrow();
    if (address.version().isEmpty() || !address.path().isEmpty()) {
      throw VerbFailed.usage("address='" + address + "', want balsa://DATASET@VERSION");
    }
    WriteReceipt receipt =
        session
            .client()
            .versions()
            .delete(address.dataset(), address.version().get(), write.options())
            .orElseThrow();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("dataset", address.dataset())
                    .put("version", address.version().get())
                    .set("receipt", Json.receipt(receipt)),
            () -> List.of("deleted " + address + ": " + Text.receipt(receipt)));
    return ExitCode.OK;
  }
}
