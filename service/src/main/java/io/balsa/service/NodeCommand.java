package io.balsa.service;

import io.balsa.service.check.Finding;
import io.balsa.service.check.Findings;
import io.balsa.service.check.FindingsJson;
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
        "Read everything in a data folder and say what is wrong. Changes nothing in it.",
        "Notes are what one should know and what is no damage, or not surely: leftovers of a",
        "crash, bad bytes that no chunk needs.",
        "Exit code 0: all is well; 6: something is wrong; 1: it cannot be checked."
      },
      footer = {
        "",
        "Examples:",
        "  balsa node check /var/lib/balsa",
        "  balsa node check --quiet --json /var/lib/balsa"
      })
  int check(
      @Parameters(paramLabel = "DIR", description = "A node's data folder.") Path folder,
      @Option(names = "--json", description = "Print one JSON object.") boolean json,
      @Option(
              names = {"-q", "--quiet"},
              description = "No progress.")
          boolean quiet) {
    Findings findings = new Findings(quiet ? _ -> {} : line -> System.err.println(line));
    try {
      FolderCheck.run(folder, findings);
      if (json) {
        System.out.println(FindingsJson.of(folder, findings));
      } else {
        print(findings);
      }
    } catch (IOException e) {
      System.err.println("balsa: cannot check " + folder + ": " + e.getMessage());
      return CANNOT_CHECK;
    }
    return findings.count() == 0 ? 0 : DAMAGED;
  }

  private static void print(Findings findings) {
    for (Finding note : findings.notes()) {
      System.out.println("note: " + note);
    }
    printMore(findings.noteCount() - findings.notes().size());
    for (Finding finding : findings.kept()) {
      System.out.println(finding);
    }
    printMore(findings.count() - findings.kept().size());
    System.out.println(
        findings.count() == 0 ? "all is well" : findings.count() + " things are wrong");
  }

  private static void printMore(long more) {
    if (more > 0) {
      System.out.println("and " + more + " more");
    }
  }
}
