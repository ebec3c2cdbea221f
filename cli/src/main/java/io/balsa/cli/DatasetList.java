package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.Datasets;
import io.balsa.client.model.DatasetSummary;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ls",
    description = "List datasets: time of creation, epoch, name.",
    footer = {
      "",
      "Examples:",
      "  balsa dataset ls",
      "  balsa dataset ls --page-size 100 --consistency bounded:500ms",
      "  balsa dataset ls --json"
    })
final class DatasetList extends Verb {
  @Mixin private PageFlags page = new PageFlags();
  @Mixin private ReadFlags read = new ReadFlags();

  DatasetList(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Datasets datasets = session.client().datasets();
    new Pager<>(
            token -> datasets.page(page.size(), token, read.options()),
            Json::dataset,
            DatasetList::line)
        .print(session.output(), page, read);
    return ExitCode.OK;
  }

  private static String line(DatasetSummary dataset) {
    return String.format(
        Locale.ROOT,
        "%-20s  %5d  %s",
        Text.time(dataset.created()),
        dataset.epoch(),
        dataset.name());
  }
}
