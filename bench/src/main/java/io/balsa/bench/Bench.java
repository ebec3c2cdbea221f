package io.balsa.bench;

import io.balsa.bench.curve.Samples;
import io.balsa.bench.load.Plan;
import io.balsa.cli.local.LocalFailed;
import io.balsa.cli.local.NodeCommand;
import io.balsa.client.model.BalsaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code balsa bench}. Exit codes: 0; 1 a promise was broken or it could not be measured; 2 the
 * command line is wrong; 3 a curve goes on rising.
 */
@Command(
    name = "balsa bench",
    description = "Measures three real nodes on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "MEASUREMENT")
public final class Bench {
  private static final int FAILED = 1;
  private static final int NOT_LEVEL = 3;
  private static final long GB = 1_000_000_000;

  private Bench() {}

  /** Runs a measurement and exits. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "balsa-cli-logback.xml");
    }
    System.exit(run(args));
  }

  /** Runs a measurement. */
  static int run(String... args) {
    CommandLine root = new CommandLine(new Bench());
    root.setExecutionExceptionHandler(
        (failure, _, _) -> {
          String message =
              switch (failure) {
                case BenchFailed told -> String.valueOf(told.getMessage());
                case LocalFailed told -> String.valueOf(told.getMessage());
                case BalsaException told -> String.valueOf(told.getMessage());
                case IllegalArgumentException told -> String.valueOf(told.getMessage());
                default -> failure.toString();
              };
          System.out.println("FAIL: " + message);
          return failure instanceof IllegalArgumentException ? CommandLine.ExitCode.USAGE : FAILED;
        });
    return root.execute(args);
  }

  /** What every measurement with nodes is told. */
  static final class Nodes {
    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "For the nodes' files: missing or empty. Deleted after a pass.")
    private Path dir = Path.of("");

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "A setting of every node, such as raft.snapshot-every-entries=1000.")
    private Map<String, String> settings = new HashMap<>();

    @Option(names = "--seed", paramLabel = "S", description = "Of everything random.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--keep", description = "Do not delete the nodes' files.")
    private boolean keep;

    Rig.Setup setup() {
      NodeCommand command =
          NodeCommand.of(
              Optional.ofNullable(System.getProperty("balsa.launcher")).map(Path::of),
              Path.of(System.getProperty("java.home")),
              System.getProperty("java.class.path"));
      return new Rig.Setup(dir.toAbsolutePath().normalize(), command.with(settings), keep);
    }

    long seed() {
      return seed.orElseGet(() -> new Random().nextLong(1L << 32));
    }
  }

  @Command(
      name = "long-life",
      mixinStandardHelpOptions = true,
      description = {
        "Mixed load at full speed: put, overwrite, delete, transactions, versions, reads at every"
            + " level; every byte that is read is compared. Memory, threads, file handles and disk"
            + " are sampled, judged and drawn."
      })
  int longLife(
      @Mixin Nodes nodes,
      @Option(names = "--minutes", defaultValue = "60", paramLabel = "M") double minutes,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "For samples.csv and curves.png.")
          Path to,
      @Mixin LoadSize size)
      throws IOException, InterruptedException {
    Plan plan = new Plan("soak", nodes.seed(), size.objectsMax, size.workers, size.versionsMax);
    LongLife.Options options =
        new LongLife.Options(
            nodes.setup(),
            plan,
            Duration.ofMillis((long) (minutes * 60_000)),
            Duration.ofMillis((long) (size.sampleSeconds * 1_000)),
            size.freeBytesMin,
            to.toAbsolutePath().normalize());
    return new LongLife(options, System.out).run() == LongLife.End.RISING ? NOT_LEVEL : 0;
  }

  /** How large the load is. */
  static final class LoadSize {
    @Option(
        names = "--objects-max",
        defaultValue = "2000",
        paramLabel = "N",
        description = "Paths, so at most as many objects (default: ${DEFAULT-VALUE}).")
    private int objectsMax;

    @Option(
        names = "--workers",
        defaultValue = "16",
        paramLabel = "N",
        description = "Side by side (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
        names = "--versions-max",
        defaultValue = "4",
        paramLabel = "N",
        description = "Versions that are kept at a time, 0 for none (default: ${DEFAULT-VALUE}).")
    private int versionsMax;

    @Option(
        names = "--sample-seconds",
        defaultValue = "5",
        paramLabel = "S",
        description = "Between two samples (default: ${DEFAULT-VALUE}).")
    private double sampleSeconds;

    @Option(
        names = "--free-bytes-min",
        defaultValue = "5000000000",
        paramLabel = "N",
        description = "The load ends when less is free on the disk (default: ${DEFAULT-VALUE}).")
    private long freeBytesMin;
  }

  @Command(
      name = "space",
      mixinStandardHelpOptions = true,
      description = "How much space comes back when half of all objects is deleted.")
  int space(
      @Mixin Nodes nodes,
      @Option(names = "--objects", defaultValue = "400", paramLabel = "N") int objects,
      @Option(names = "--bytes", defaultValue = "8388608", paramLabel = "B", description = "Each.")
          long bytes,
      @Option(
              names = "--quiet-seconds",
              defaultValue = "60",
              paramLabel = "S",
              description = "Done when nothing was freed for so long (default: ${DEFAULT-VALUE}).")
          long quietSeconds,
      @Option(
              names = "--wait-minutes",
              defaultValue = "15",
              paramLabel = "M",
              description = "At most (default: ${DEFAULT-VALUE}).")
          long waitMinutes)
      throws IOException, InterruptedException {
    DeleteHalf.Reclaim reclaim =
        new DeleteHalf.Settled(Duration.ofSeconds(quietSeconds), Duration.ofMinutes(waitMinutes));
    DeleteHalf.Options options =
        new DeleteHalf.Options(nodes.setup(), objects, bytes, nodes.seed(), reclaim);
    return new DeleteHalf(options, System.out).run() ? 0 : NOT_LEVEL;
  }

  @Command(
      name = "install",
      mixinStandardHelpOptions = true,
      description = "How fast an empty replica gets everything, against cp of the same files.")
  int install(
      @Mixin Nodes nodes,
      @Option(names = "--bytes", defaultValue = "" + 2 * GB, paramLabel = "B") long bytes)
      throws IOException, InterruptedException {
    new InstallRate(new InstallRate.Options(nodes.setup(), bytes, nodes.seed()), System.out).run();
    return 0;
  }

  @Command(
      name = "plot",
      mixinStandardHelpOptions = true,
      description = "Draws the samples of a long life once more.")
  int plot(
      @Parameters(paramLabel = "SAMPLES.CSV") Path csv,
      @Parameters(paramLabel = "OUT.PNG") Path png,
      @Option(names = "--subtitle", defaultValue = "") String subtitle)
      throws IOException {
    if (!Files.isReadable(csv)) {
      throw new BenchFailed("cannot read " + csv);
    }
    Curves.draw(Samples.read(csv), subtitle, png);
    return 0;
  }
}
