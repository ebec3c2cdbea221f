package io.balsa.cli;

import picocli.CommandLine.Option;

/** Which of a node's groups work is about. */
final class NodeGroupFlags {
  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "catalog or chunks-N; without it all of the node's.")
  private String group = "";

  /** The group's name; empty for all. */
  String group() {
    return group;
  }
}
