package io.balsa.cli;

import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.client.Objects;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Read;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ls",
    description = {
      "List objects in byte order of path: size, time, digest, path.",
      "PATH is a prefix; end it with / to look into a folder. What lies deeper is shown as"
          + " folders, with -r as objects. All of a list is of one revision."
    },
    footer = {
      "",
      "Examples:",
      "  balsa ls balsa://imagenet/",
      "  balsa ls -r balsa://imagenet@v1/train/",
      "  balsa ls -r balsa://imagenet --page-size 100 --json"
    })
final class ListObjects extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET[@VERSION][/PREFIX]")
  private Optional<Address> at = Optional.empty();

  @Option(
      names = {"-r", "--recursive"},
      description = "Objects of all depths, no folders.")
  private boolean recursive;

  @Mixin private PageFlags page = new PageFlags();
  @Mixin private ReadFlags read = new ReadFlags();

  ListObjects(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) {
    Address address = at.orElseThrow();
    Objects objects = session.client().objects();
    ListOptions options =
        ListOptions.DEFAULT
            .at(address.snapshot())
            .withPrefix(address.path())
            .withFolded(!recursive)
            .withPageSize(page.size())
            .with(read.options());
    new Pager<>(
            token ->
                objects
                    .page(address.dataset(), token, options)
                    .map(listing -> new Read<>(listing.value().page(), listing.receipt())),
            Json::entry,
            Text::entry)
        .print(session.output(), page, read);
    return ExitCode.OK;
  }
}
