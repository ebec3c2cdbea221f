package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Json;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = "Name a revision of a dataset, which stays until the version is deleted.",
    footer = {
      "",
      "Examples:",
      "  balsa version create balsa://imagenet@v1",
      "  balsa version create balsa://imagenet@v2 --parent v1 -m \"without duplicates\"",
      "  balsa version create balsa://imagenet@v0 --revision 4711 --json"
    })
final class VersionCreate extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET@VERSION")
  private Optional<Address> at = Optional.empty();

  @Option(
      names = "--revision",
      paramLabel = "N",
      description = "The revision to name (default: the newest).")
  private long revision;

  @Mixin private VersionFlags named = new VersionFlags();
  @Mixin private WriteFlags write = new WriteFlags();

  VersionCreate(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws InterruptedException {
    Address address = at.orElseThrow();
    if (address.version().isEmpty() || !address.path().isEmpty()) {
      throw VerbFailed.usage("address='" + address + "', want balsa://DATASET@VERSION");
    }
    if (revision < 0) {
      throw VerbFailed.usage("--revision=" + revision + ", want >= 1");
    }
    VersionNaming.Named done =
        new VersionNaming(session, named.atMost())
            .name(
                named.version(address.dataset(), address.version().get(), revision),
                write.options())
            .orElseThrow();
    session
        .output()
        .answer(
            () -> {
              ObjectNode json = Json.object();
              json.set("version", Json.version(done.version()));
              return json.set("receipt", Json.receipt(done.receipt()));
            },
            done::lines);
    return ExitCode.OK;
  }
}
