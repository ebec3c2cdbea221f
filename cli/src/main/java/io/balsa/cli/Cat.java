package io.balsa.cli;

import io.balsa.client.model.ByteRange;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cat",
    description = {
      "Write an object, or a range of it, to standard output.",
      "Only its bytes are written there, with --json, too. Where the end is refused, what was"
          + " written so far was right: look at the exit code."
    },
    footer = {
      "",
      "Examples:",
      "  balsa cat balsa://imagenet@v1/labels.txt",
      "  balsa cat balsa://llm/step-1000/model.safetensors --range 0:4096",
      "  balsa cat balsa://logs/today.txt --consistency eventual --receipt"
    })
final class Cat extends Verb {
  @Parameters(paramLabel = "ADDRESS", description = "balsa://DATASET[@VERSION]/PATH")
  private Optional<Address> from = Optional.empty();

  @Option(
      names = "--range",
      paramLabel = "OFFSET:LENGTH",
      description = "Only these bytes; OFFSET: goes to the end.")
  private ByteRange range = ByteRange.WHOLE;

  @Mixin private ReadFlags read = new ReadFlags();

  Cat(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException {
    Address address = object(from.orElseThrow());
    GetOptions options = new GetOptions(address.snapshot(), range, read.options());
    Read<ObjectStat> got;
    try (OutputStream out = new Checked(session.output().stream())) {
      got =
          session
              .client()
              .objects()
              .get(address.dataset(), address.path(), options, out)
              .orElseThrow();
    }
    read.tell(session.output(), got.receipt());
    return ExitCode.OK;
  }

  /** Print streams swallow failures; a reader that went away must end the transfer. */
  private static final class Checked extends OutputStream {
    private final PrintStream out;

    Checked(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      check();
    }

    @Override
    public void close() throws IOException {
      check();
    }

    private void check() throws IOException {
      if (out.checkError()) {
        throw new IOException("standard output cannot be written");
      }
    }
  }
}
