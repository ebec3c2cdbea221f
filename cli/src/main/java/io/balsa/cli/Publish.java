package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderPublish;
import io.balsa.client.Transaction;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "publish",
    customSynopsis = {
      "balsa publish [OPTIONS] FOLDER ADDRESS [--version NAME [-m TEXT] [--parent NAME]...]",
      "balsa publish [OPTIONS] --transaction ID [--request-id ID] ADDRESS"
    },
    description = {
      "Upload a folder in one transaction, publish it, and name the result a version, in one go.",
      "With --transaction nothing is uploaded: an open transaction is published, or an earlier"
          + " publish whose outcome is unknown is settled."
    },
    footer = {
      "",
      "Examples:",
      "  balsa publish ./images balsa://imagenet --version v1",
      "  balsa publish ./step-2000 balsa://llm/step-2000 --version s2000 -m \"loss 0.29\"",
      "  balsa publish --transaction 17 balsa://imagenet"
    })
final class Publish extends Verb {
  @Parameters(
      arity = "1..2",
      paramLabel = "FOLDER ADDRESS",
      description = "What to upload, and where to: balsa://DATASET[/PATH]")
  private List<String> parameters = List.of();

  @Option(names = "--version", paramLabel = "NAME", description = "Name the result.")
  private Optional<String> version = Optional.empty();

  @Mixin private VersionFlags named = new VersionFlags();

  @Option(
      names = "--transaction",
      paramLabel = "ID",
      description = "Publish this transaction instead of a folder.")
  private Optional<Long> transaction = Optional.empty();

  @Mixin private WriteFlags write = new WriteFlags();

  Publish(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException, InterruptedException {
    boolean attached = transaction.isPresent();
    if (parameters.size() != (attached ? 1 : 2)) {
      throw VerbFailed.usage(
          attached ? "--transaction takes only ADDRESS" : "want FOLDER and ADDRESS");
    }
    Address address = writable(address(parameters.getLast()));
    version.ifPresent(name -> requireFreeName(session, address, name));
    ObjectNode json = Json.object();
    List<String> lines = new ArrayList<>();
    long revision =
        attached
            ? publishOpen(session, address, json, lines)
            : publishFolder(session, address, json, lines);
    if (version.isPresent()) {
      NewVersion name = named.version(address.dataset(), version.get(), revision);
      name(session, name, json, lines);
    }
    session.output().answer(() -> json, () -> lines);
    return ExitCode.OK;
  }

  /** Asked before the upload, since an upload may take long; the create decides. */
  private static void requireFreeName(Session session, Address address, String name) {
    if (session.client().versions().get(address.dataset(), name, ReadOptions.DEFAULT).isYes()) {
      throw new VerbFailed(
          Problem.local(ExitCode.REFUSED, "version " + name + " exists; nothing was uploaded")
              .withHint("versions never change; take another name"));
    }
  }

  private long publishFolder(Session session, Address address, ObjectNode json, List<String> lines)
      throws IOException, InterruptedException {
    write.requireFreshRequest("a folder: run it again without, nothing is sent twice");
    FolderUploadRun.Done done =
        new FolderUploadRun(session, write.durability())
            .run(Path.of(parameters.getFirst()), address);
    json.setAll(done.json());
    lines.addAll(done.lines());
    return done.published().receipt().revision();
  }

  private long publishOpen(Session session, Address address, ObjectNode json, List<String> lines)
      throws IOException {
    try (Transaction open = attach(session, address.dataset(), transaction.orElseThrow())) {
      WriteReceipt receipt = FolderPublish.publish(open, write.options());
      json.put("address", address.toString()).put("transaction", open.id());
      json.set("receipt", Json.receipt(receipt));
      lines.add("published transaction " + open.id() + ": " + Text.receipt(receipt));
      return receipt.revision();
    }
  }

  private static Transaction attach(Session session, String dataset, long id) {
    if (id < 1) {
      throw VerbFailed.usage("--transaction=" + id + ", want >= 1");
    }
    return session.client().attach(dataset, id);
  }

  private void name(Session session, NewVersion version, ObjectNode json, List<String> lines)
      throws InterruptedException {
    WriteOptions options = WriteOptions.DEFAULT.withDurability(write.durability());
    VersionNaming naming = new VersionNaming(session, named.atMost());
    VersionNaming.Named done =
        switch (naming.name(version, options)) {
          case Result.Yes<VersionNaming.Named>(var value) -> value;
          case Result.No<VersionNaming.Named>(var refusal) ->
              throw notNamed(version, Problem.of(refusal), "");
          case Result.Unknown<VersionNaming.Named>(String requestId, String why) ->
              throw notNamed(version, Problem.unknown(why, requestId), requestId);
        };
    json.set("version", Json.version(done.version()));
    lines.addAll(done.lines());
  }

  /** The upload is published all the same, and must not be repeated for its name. */
  private static VerbFailed notNamed(NewVersion version, Problem problem, String requestId) {
    String again =
        "name it: balsa version create balsa://"
            + version.dataset()
            + "@"
            + version.name()
            + " --revision "
            + version.revision()
            + (requestId.isEmpty() ? "" : " --request-id " + requestId);
    String message =
        "published at revision " + version.revision() + ", but not named: " + problem.message();
    return new VerbFailed(problem.withMessage(message).withHint(again));
  }
}
