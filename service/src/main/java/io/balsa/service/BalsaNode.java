package io.balsa.service;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The entry to the node's process: {@code balsa server}, {@code balsa dev} and {@code balsa node
 * check}. Parses, wires, runs, and closes in reverse.
 */
@Command(
    name = "balsa",
    description = "Runs a Balsa node.",
    subcommands = {ServerCommand.class, DevCommand.class, NodeCommand.class})
public final class BalsaNode {
  private BalsaNode() {}

  /** Runs a verb; the process ends with its exit code. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new BalsaNode());
    line.setExecutionStrategy(new CommandLine.RunLast());
    int code = line.execute(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }
}
