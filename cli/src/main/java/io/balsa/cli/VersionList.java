package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.Versions;
import io.balsa.client.model.VersionEntry;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "ls",
    description = "List the versions of a dataset by name: revision, time, digest, name, message.",
    footer = {
      "",
      "Examples:",
      "  balsa version ls imagenet",
      "  balsa version ls balsa://imagenet --json"
    })
final class VersionList extends Verb {
  @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
  private String name = "";

  @Mixin private PageFlags page = new PageFlags();
  @Mixin private ReadFlags read = new ReadFlags();

  VersionList(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    String dataset = datasetName(name);
    Versions versions = session.client().versions();
    new Pager<>(
            token -> versions.page(dataset, page.size(), token, read.options()),
            Json::version,
            VersionList::line)
        .print(session.output(), page, read);
    return ExitCode.OK;
  }

  private static String line(VersionEntry version) {
    return String.format(
            Locale.ROOT,
            "%8d  %-20s  %-12s  %-12s  %s",
            version.revision(),
            Text.time(version.created()),
            version.seal().map(seal -> Text.digest(seal.digest())).orElse("pending"),
            version.name(),
            version.message())
        .stripTrailing();
  }
}
