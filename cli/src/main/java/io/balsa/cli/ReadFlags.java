package io.balsa.cli;

import io.balsa.cli.render.Output;
import io.balsa.cli.render.Text;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.ReadReceipt;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every verb that reads. */
final class ReadFlags {
  @Option(
      names = "--consistency",
      paramLabel = "LEVEL",
      description =
          "linearizable, bounded:500ms, at-least:REVISION or eventual (default: linearizable; of a"
              + " version: pinned, which is as exact and asks no leader).")
  private Optional<Consistency> consistency = Optional.empty();

  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      description = "Ask this node and no other (default: the nearest that can answer).")
  private Optional<Endpoint> node = Optional.empty();

  @Option(
      names = "--receipt",
      description = "Tell who answered and how fresh it is; always part of --json.")
  private boolean receipt;

  /** For the SDK. */
  ReadOptions options() {
    return new ReadOptions(consistency, node);
  }

  /** Tells a receipt on the side, where it was asked for. */
  void tell(Output output, ReadReceipt read) {
    if (receipt && !output.isJson()) {
      output.note(Text.receipt(read));
    }
  }
}
