package io.balsa.service;

import io.balsa.service.check.Finding;
import io.balsa.service.check.Findings;
import io.balsa.service.check.FolderCheck;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code balsa node check}: the one verb on nodes that needs the files and not the node. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = "Looks into the data folder of a node that does not run.")
final class NodeCommand {
  private static final int DAMAGED = 6;
  private static final int CANNOT_CHECK = 1;

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Read everything in a data folder and say what is wrong. Changes nothing.",
        "Exit code 0: all is well; 6: something is wrong; 1: it cannot be checked."
      },
      footer = {"", "Example:", "  balsa node check /var/lib/balsa"})
  int check(
      @Parameters(paramLabel = "DIR", description = "A node's data folder.") Path folder,
      @Option(
              names = {"-q", "--quiet"},
              description = "No progress.")
          boolean quiet) {
    Findings findings = new Findings(quiet ? _ -> {} : line -> System.err.println(line));
    try {
      FolderCheck.run(folder, findings);
    } catch (IOException e) {
      System.err.println("balsa: cannot check " + folder + ": " + e.getMessage());
      return CANNOT_CHECK;
    }
    for (Finding finding : findings.kept()) {
      System.out.println(finding);
    }
    long more = findings.count() - findings.kept().size();
    if (more > 0) {
      System.out.println("and " + more + " more");
    }
    System.out.println(
        findings.count() == 0 ? "all is well" : findings.count() + " things are wrong");
    return findings.count() == 0 ? 0 : DAMAGED;
  }
}
