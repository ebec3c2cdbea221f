package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FileFetch;
import io.balsa.cli.transfer.FolderFetch;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = {
      "Download an object to a file, or with -r everything below a path to a folder.",
      "Every file is checked against its digest and then renamed into place, so it is whole or"
          + " not there. With -r all files are of one revision. Files that are there already are"
          + " replaced; others stay."
    },
    footer = {
      "",
      "Examples:",
      "  balsa get balsa://llm/step-1000/model.safetensors model.safetensors",
      "  balsa get -r balsa://imagenet@v1/train ./train",
      "  balsa get -r balsa://imagenet ./all --consistency bounded:500ms --receipt"
    })
final class Get extends Verb {
  @Parameters(index = "0", paramLabel = "ADDRESS", description = "balsa://DATASET[@VERSION]/PATH")
  private Optional<Address> from = Optional.empty();

  @Parameters(
      index = "1",
      paramLabel = "FILE|FOLDER",
      description = "Where to; a file may be given by its folder.")
  private Path to = Path.of("");

  @Option(
      names = {"-r", "--recursive"},
      description = "Everything below the path.")
  private boolean recursive;

  @Mixin private ReadFlags read = new ReadFlags();

  Get(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException, InterruptedException {
    Address address = from.orElseThrow();
    return recursive ? getFolder(session, address) : getFile(session, object(address));
  }

  private ExitCode getFile(Session session, Address address) throws IOException {
    Path target = Files.isDirectory(to) ? to.resolve(name(address.path())) : to;
    FileFetch fetch = new FileFetch(session.client().objects(), address.dataset());
    GetOptions options = GetOptions.DEFAULT.at(address.snapshot()).with(read.options());
    Progress.Goal goal = new Progress.Goal("download", OptionalLong.of(1), OptionalLong.empty());
    Read<ObjectStat> got;
    try (Progress progress = session.progress(goal)) {
      got = fetch.get(address.path(), options, target, bytes -> progress.advance(0, bytes));
    }
    ObjectStat object = got.value();
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("address", address.toString())
                    .put("file", target.toString())
                    .put("size_bytes", object.size())
                    .put("digest", object.digest().toString())
                    .put("revision", object.revision())
                    .set("receipt", Json.receipt(got.receipt())),
            () ->
                List.of(
                    String.join(
                        "  ",
                        target.toString(),
                        Amounts.bytes(object.size()),
                        "sha256 " + Text.digest(object.digest()))));
    read.tell(session.output(), got.receipt());
    return ExitCode.OK;
  }

  private ExitCode getFolder(Session session, Address address)
      throws IOException, InterruptedException {
    if (Files.isRegularFile(to)) {
      throw VerbFailed.usage(to + " is a file, want a folder");
    }
    FolderFetch fetch =
        new FolderFetch(
            session.client(),
            address.dataset(),
            address.prefix(),
            address.snapshot(),
            read.options());
    Progress.Goal goal = new Progress.Goal("download", OptionalLong.empty(), OptionalLong.empty());
    FolderFetch.Fetched fetched;
    try (Progress progress = session.progress(goal)) {
      fetched = fetch.into(to, progress::advance);
    }
    if (fetched.files() == 0 && !address.path().isEmpty()) {
      throw new VerbFailed(
          Problem.local(ExitCode.NOT_FOUND, "nothing below " + address)
              .withHint("balsa ls shows what is there; one object is had without -r"));
    }
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("address", address.toString())
                    .put("folder", to.toString())
                    .put("files", fetched.files())
                    .put("total_bytes", fetched.bytes())
                    .set("receipt", Json.receipt(fetched.receipt())),
            () ->
                List.of(
                    Amounts.count(fetched.files())
                        + " files, "
                        + Amounts.bytes(fetched.bytes())
                        + ", every digest checked, in "
                        + to));
    read.tell(session.output(), fetched.receipt());
    return ExitCode.OK;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
