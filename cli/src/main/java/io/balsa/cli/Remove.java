package io.balsa.cli;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderRemove;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.Precondition;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rm",
    description = {
      "Delete an object, or with -r everything below a path.",
      "With -r all of it vanishes at one revision. Versions keep what they have."
    },
    footer = {
      "",
      "Examples:",
      "  balsa rm balsa://llm/step-1000/model.safetensors",
      "  balsa rm balsa://llm/latest --if-revision 4711",
      "  balsa rm -r balsa://llm/step-1000"
    })
final class Remove extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET/PATH")
  private Optional<Address> at = Optional.empty();

  @Option(
      names = {"-r", "--recursive"},
      description = "Everything below the path, in one transaction.")
  private boolean recursive;

  @ArgGroup private @Nullable MatchFlags conditions;

  @Mixin private WriteFlags write = new WriteFlags();

  Remove(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException, InterruptedException {
    Address address = writable(at.orElseThrow());
    return recursive ? removeFolder(session, address) : removeOne(session, object(address));
  }

  private ExitCode removeOne(Session session, Address address) {
    Optional<Precondition> precondition =
        Optional.ofNullable(conditions).flatMap(MatchFlags::precondition);
    DeleteOptions options = new DeleteOptions(precondition, OptionalLong.empty(), write.options());
    WriteReceipt receipt =
        session.client().objects().delete(address.dataset(), address.path(), options).orElseThrow();
    print(session, address, 1, receipt);
    return ExitCode.OK;
  }

  private ExitCode removeFolder(Session session, Address address)
      throws IOException, InterruptedException {
    write.requireFreshRequest("-r");
    if (conditions != null) {
      throw VerbFailed.usage("--if-... go with one object, not with -r");
    }
    FolderRemove.Removed removed =
        new FolderRemove(session.client(), address.dataset(), address.prefix(), write.durability())
            .run()
            .orElseThrow(
                () ->
                    new VerbFailed(
                        Problem.local(ExitCode.NOT_FOUND, "nothing below " + address)
                            .withHint("one object is deleted without -r")));
    print(session, address, removed.objects(), removed.receipt());
    return ExitCode.OK;
  }

  private static void print(Session session, Address at, long objects, WriteReceipt receipt) {
    session
        .output()
        .answer(
            () ->
                Json.object()
                    .put("address", at.toString())
                    .put("objects", objects)
                    .set("receipt", Json.receipt(receipt)),
            () ->
                List.of(
                    "deleted "
                        + at
                        + (objects == 1 ? "" : ", " + Amounts.count(objects) + " objects")
                        + ": "
                        + Text.receipt(receipt)));
  }
}
