package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.Counted;
import io.balsa.client.model.Precondition;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "put",
    description = {
      "Upload a file, or with -r a folder.",
      "A file is visible as soon as it is acknowledged. A folder is uploaded in one transaction"
          + " and published: all of it becomes visible at one revision, or nothing. Its files go"
          + " to PATH/their path in the folder. After an interrupted upload run the same command"
          + " again: what the cluster has is not sent twice."
    },
    footer = {
      "",
      "Examples:",
      "  balsa put model.safetensors balsa://llm/step-1000/model.safetensors",
      "  balsa put model.safetensors balsa://llm/step-1000/ --if-absent --meta loss=0.31",
      "  balsa put -r ./images balsa://imagenet/train --durability all",
      "  balsa put - balsa://logs/today.txt"
    })
final class Put extends Verb {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      index = "0",
      paramLabel = "FILE|FOLDER",
      description = "What to upload; - is standard input.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "ADDRESS", description = "balsa://DATASET/PATH")
  private Optional<Address> to = Optional.empty();

  @Option(
      names = {"-r", "--recursive"},
      description = "A folder with everything below it.")
  private boolean recursive;

  @Option(
      names = "--meta",
      paramLabel = "KEY=VALUE",
      description = "Your own facts about the file; can be repeated.")
  private Map<String, String> metadata = new LinkedHashMap<>();

  @ArgGroup private @Nullable PutConditions conditions;

  @Mixin private WriteFlags write = new WriteFlags();

  Put(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException, InterruptedException {
    Address address = writable(to.orElseThrow());
    if (recursive) {
      requirePlain();
      FolderUploadRun upload = new FolderUploadRun(session, write.durability());
      upload.run(Path.of(from), address).print(session.output());
      return ExitCode.OK;
    }
    return from.equals(STANDARD_INPUT)
        ? putStandardInput(session, address)
        : putFile(session, Path.of(from), address);
  }

  private void requirePlain() {
    write.requireFreshRequest("-r: run it again without, nothing is sent twice");
    if (!metadata.isEmpty() || conditions != null) {
      throw VerbFailed.usage("--meta and --if-... go with one file, not with -r");
    }
  }

  private ExitCode putStandardInput(Session session, Address address) throws IOException {
    Source source = Source.once(session.surroundings().streams().in());
    return put(session, source, object(address));
  }

  private ExitCode putFile(Session session, Path file, Address address) throws IOException {
    if (Files.isDirectory(file)) {
      throw VerbFailed.usage(file + " is a folder: put -r uploads it");
    }
    Address named =
        address.isFolder() ? address.withPath(address.path() + file.getFileName()) : address;
    return put(session, Source.of(file), named);
  }

  private ExitCode put(Session session, Source source, Address address) throws IOException {
    Progress.Goal goal = new Progress.Goal("upload", OptionalLong.of(1), source.size());
    Stored stored;
    try (Progress progress = session.progress(goal)) {
      Source counted = Counted.source(source, bytes -> progress.advance(0, bytes));
      stored =
          session
              .client()
              .objects()
              .put(address.dataset(), address.path(), counted, options())
              .orElseThrow();
    }
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("address", address.toString())
                    .put("size_bytes", stored.size())
                    .put("sent_bytes", stored.bytesSent())
                    .put("digest", stored.digest().toString())
                    .set("receipt", Json.receipt(stored.receipt())),
            () -> List.of(address + "  " + line(stored)));
    return ExitCode.OK;
  }

  private PutOptions options() {
    Optional<Precondition> precondition =
        Optional.ofNullable(conditions).flatMap(MatchFlags::precondition);
    return new PutOptions(metadata, precondition, OptionalLong.empty(), write.options());
  }

  private static String line(Stored stored) {
    return Amounts.bytes(stored.size())
        + "  sha256 "
        + Text.digest(stored.digest())
        + "  "
        + Text.receipt(stored.receipt());
  }
}
