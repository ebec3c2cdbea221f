package io.balsa.cli;

import io.balsa.cli.render.Output;
import io.balsa.cli.render.Progress;
import io.balsa.client.model.Endpoint;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * {@code balsa}: the root of all verbs, their common options, and the one place where failures
 * become messages and exit codes. Answers go to standard output; progress, notes and errors to
 * standard error.
 */
@Command(
    name = "balsa",
    header = "Balsa: a strongly consistent, replicated store for AI datasets and checkpoints.",
    versionProvider = BuiltVersion.class,
    synopsisSubcommandLabel = "VERB",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions of every verb:%n",
    commandListHeading = "%nVerbs:%n")
public final class Balsa {
  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "HOST:PORT",
      scope = ScopeType.INHERIT,
      description = "Nodes to begin with (default: $BALSA_NODES, else 127.0.0.1:7401).")
  private List<Endpoint> nodes = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      scope = ScopeType.INHERIT,
      defaultValue = "30s",
      description = "For one call with all its retries (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = JSON,
      scope = ScopeType.INHERIT,
      description = "Answer with one JSON document; errors are one on standard error.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No progress and no notes.")
  private boolean quiet;

  private static final String JSON = "--json";

  private final Surroundings surroundings;

  private Balsa(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Runs a command line and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    // Before the first logger is made: the class path may hold a node's configuration, too.
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "balsa-cli-logback.xml");
    }
    Surroundings surroundings = Surroundings.ofProcess();
    int exit = run(surroundings, args);
    surroundings.streams().out().flush();
    surroundings.streams().err().flush();
    System.exit(exit);
  }

  /** Runs a command line. */
  static int run(Surroundings surroundings, String... args) {
    return commandLine(surroundings).execute(args);
  }

  /** The whole tree of verbs. */
  static CommandLine commandLine(Surroundings surroundings) {
    Balsa balsa = new Balsa(surroundings);
    CommandLine root = new CommandLine(balsa);
    root.getCommandSpec().addOption(helpOption()).addOption(versionOption());
    root.addSubcommand(
            new CommandLine(new Groups.OfDatasets())
                .addSubcommand(new DatasetCreate(balsa))
                .addSubcommand(new DatasetList(balsa))
                .addSubcommand(new DatasetShow(balsa))
                .addSubcommand(new DatasetRemove(balsa)))
        .addSubcommand(new Put(balsa))
        .addSubcommand(new Get(balsa))
        .addSubcommand(new Cat(balsa))
        .addSubcommand(new ListObjects(balsa))
        .addSubcommand(new Stat(balsa))
        .addSubcommand(new Remove(balsa))
        .addSubcommand(new Publish(balsa))
        .addSubcommand(
            new CommandLine(new Groups.OfVersions())
                .addSubcommand(new VersionCreate(balsa))
                .addSubcommand(new VersionList(balsa))
                .addSubcommand(new VersionRemove(balsa)))
        .addSubcommand(
            new CommandLine(new Groups.OfCluster())
                .addSubcommand(new ClusterInit(balsa))
                .addSubcommand(new ClusterStatus(balsa))
                .addSubcommand(new ClusterCollect(balsa)))
        .addSubcommand(
            new CommandLine(new Groups.OfNodes())
                .addSubcommand(new NodeIdentityShow(balsa))
                .addSubcommand(new NodeShow(balsa))
                .addSubcommand(new NodeScrub(balsa))
                .addSubcommand(new NodeCompact(balsa))
                .addSubcommand(new NodeSnapshot(balsa)))
        .addSubcommand(new Demo(balsa));
    Values.register(root);
    root.setUsageHelpLongOptionsMaxWidth(30);
    root.setUsageHelpWidth(100);
    root.getCommandSpec().usageMessage().footer(footer());
    root.setOut(writer(surroundings.streams().out()));
    root.setErr(writer(surroundings.streams().err()));
    root.setExecutionExceptionHandler((failure, _, _) -> balsa.report(failure));
    root.setParameterExceptionHandler(balsa::reportUsage);
    return root;
  }

  private static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .scopeType(ScopeType.INHERIT)
        .description("Show this help, with examples.")
        .build();
  }

  private static OptionSpec versionOption() {
    return OptionSpec.builder("-V", "--version")
        .versionHelp(true)
        .description("Show the version.")
        .build();
  }

  private static PrintWriter writer(java.io.PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private static String[] footer() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("The launcher also knows:");
    lines.add("  server                     Run a node: balsa server --config FILE.");
    lines.add("  dev                        Run three nodes in one process: balsa dev DIR.");
    lines.add("  bench                      Measure three nodes on this machine.");
    lines.add("");
    lines.add("Addresses: balsa://DATASET[@VERSION]/PATH");
    lines.add("  Without @VERSION the present state is meant. Nothing in a path is decoded.");
    lines.add("");
    lines.add("Exit codes:");
    for (ExitCode exit : ExitCode.values()) {
      lines.add("  " + exit.number() + "  " + exit.meaning());
    }
    lines.add("");
    lines.add("Examples:");
    lines.add("  balsa demo");
    lines.add("  balsa dataset create imagenet");
    lines.add("  balsa publish ./images balsa://imagenet --version v1");
    lines.add("  balsa get -r balsa://imagenet@v1 ./copy");
    lines.add("");
    lines.add("balsa VERB --help tells of a verb, with examples.");
    return lines.toArray(String[]::new);
  }

  /** What a verb works with. */
  Session open() {
    Surroundings.Streams streams = surroundings.streams();
    Progress.Style style = Progress.Style.LINES;
    if (quiet) {
      style = Progress.Style.NONE;
    } else if (streams.terminal()) {
      style = Progress.Style.LIVE;
    }
    Output output = new Output(streams.out(), streams.err(), json, quiet);
    return new Session(surroundings, endpoints(), timeout, output, style);
  }

  private List<Endpoint> endpoints() {
    if (!nodes.isEmpty()) {
      return nodes;
    }
    try {
      return Arrays.stream(surroundings.facts().nodes().split(","))
          .map(String::strip)
          .map(Endpoint::parse)
          .toList();
    } catch (IllegalArgumentException e) {
      throw VerbFailed.usage("BALSA_NODES: " + Problem.words(e));
    }
  }

  private int report(Exception failure) {
    Problem problem = withNodes(Problem.of(failure));
    tell(problem, json);
    if (problem.isDefect()) {
      failure.printStackTrace(surroundings.streams().err());
    }
    return problem.exit().number();
  }

  /** Whoever cannot reach a node first asks whether it was the right one. */
  private Problem withNodes(Problem problem) {
    boolean silent = problem.refusal().filter(refusal -> refusal.reason().isEmpty()).isPresent();
    if (problem.exit() != ExitCode.UNAVAILABLE || !silent) {
      return problem;
    }
    String asked = endpoints().stream().map(Endpoint::toString).collect(Collectors.joining(","));
    return problem.withHint("asked " + asked + "; --nodes or BALSA_NODES names others");
  }

  private int reportUsage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    if (args.length == 0) {
      command.usage(command.getErr());
      return ExitCode.USAGE.number();
    }
    Problem problem =
        Problem.local(ExitCode.USAGE, Problem.words(wrong))
            .withHint(command.getCommandSpec().qualifiedName() + " --help");
    tell(problem, Arrays.asList(args).contains(JSON));
    return problem.exit().number();
  }

  private void tell(Problem problem, boolean asJson) {
    surroundings.streams().out().flush();
    if (asJson) {
      surroundings.streams().err().println(problem.json());
    } else {
      problem.lines().forEach(surroundings.streams().err()::println);
    }
  }
}
