package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.demo.DemoOptions;
import io.balsa.cli.demo.DemoRun;
import io.balsa.cli.demo.Narrator;
import io.balsa.cli.local.NodeCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "demo",
    description = {
      "Start three nodes, upload a folder, read it back from every node at every level, kill the"
          + " catalog's leader in the middle of a second upload, and watch it come back. Every"
          + " claim is checked; it ends with PASS and exit code 0, or says what failed.",
      "With --json the story goes to standard error and the measurements to standard output."
    },
    footer = {
      "",
      "Examples:",
      "  balsa demo",
      "  balsa demo ./images --keep",
      "  balsa demo --kills 10 --json"
    })
final class Demo extends Verb {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LIMIT_EACH_KILL = Duration.ofMinutes(1);

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "What to upload (default: the folder of the running JDK).")
  private Optional<Path> input = Optional.empty();

  @Option(
      names = "--keep",
      description = "Leave the cluster running after a pass, and tell how to talk to it.")
  private boolean keep;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "1",
      description = "Kill the leader N times and tell median and maximum (default: 1).")
  private int kills = 1;

  @Option(
      names = "--limit",
      paramLabel = "DURATION",
      description = "What all of it may take (default: 5m, and 1m for each further kill).")
  private Optional<Duration> limit = Optional.empty();

  Demo(Balsa balsa) {
    super(balsa);
  }

  @Override
  ExitCode run(Session session) throws IOException, InterruptedException {
    if (kills < 1 || kills > DemoOptions.KILLS_MAX) {
      throw VerbFailed.usage("--kills=" + kills + ", want 1 to " + DemoOptions.KILLS_MAX);
    }
    input.ifPresent(Demo::requireFolder);
    Surroundings surroundings = session.surroundings();
    Surroundings.Facts facts = surroundings.facts();
    Duration whole = limit.orElse(LIMIT.plus(LIMIT_EACH_KILL.multipliedBy(kills - 1L)));
    DemoOptions options =
        new DemoOptions(
            input.orElse(facts.javaHome()),
            facts.temporary(),
            NodeCommand.of(facts.launcher(), facts.javaHome(), facts.classPath()),
            keep,
            kills,
            DemoOptions.Limits.of(whole, session.timeout()));
    PrintStream story =
        session.output().isJson() ? surroundings.streams().err() : surroundings.streams().out();
    Narrator narrator = new Narrator(story, session::progress);
    Optional<ObjectNode> report =
        new DemoRun(options, narrator, surroundings.connect(), surroundings.nanoTime()).run();
    if (report.isEmpty()) {
      return ExitCode.FAILED;
    }
    session.output().answer(report::get, List::of);
    return ExitCode.OK;
  }

  private static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw VerbFailed.usage(folder + " is no folder");
    }
  }
}
