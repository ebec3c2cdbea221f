package io.balsa.cli;

import picocli.CommandLine.Command;

/** Verbs that are grouped under a noun; the nouns do nothing by themselves. */
final class Groups {
  private Groups() {}

  @Command(name = "dataset", description = "Datasets: create, ls, show, rm.")
  static final class OfDatasets {}

  @Command(name = "version", description = "Versions of datasets: create, ls, rm.")
  static final class OfVersions {}

  @Command(
      name = "node",
      description = "Single nodes: identity, show, scrub, compact, snapshot, check (offline).",
      footer = {
        "",
        "The launcher also knows:",
        "  balsa node check DIR       Read a stopped node's data folder and say what is wrong."
      })
  static final class OfNodes {}

  @Command(name = "cluster", description = "The cluster: init, status, collect.")
  static final class OfCluster {}
}
