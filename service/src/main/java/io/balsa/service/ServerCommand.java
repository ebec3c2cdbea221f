package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.failpoint.Failpoint;
import io.balsa.failpoint.FailpointPlan;
import io.balsa.service.config.ConfigLoader;
import io.balsa.service.config.ConfigPrinter;
import io.balsa.service.config.ConfigProblem;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.grpc.PeerLinks;
import io.balsa.service.observe.Halt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code balsa server}: one node until it is told to stop. */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    description = "Runs one node until SIGTERM.",
    footer = {
      "",
      "Settings come from the file, overridden by BALSA_... variables, overridden by --set.",
      "Examples:",
      "  balsa server --config n1.yaml",
      "  balsa server --config n1.yaml --set listen.client-port=7401",
      "  balsa server --print-config",
      "Exit codes: 0 stopped as asked, 2 bad settings, 1 cannot start, 70 stopped itself after an"
          + " error (start it again)."
    })
final class ServerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServerCommand.class);
  private static final int CANNOT_START = 1;
  private static final int BAD_SETTINGS = 2;
  private static final String FAILPOINTS = "BALSA_FAILPOINTS";

  @Option(names = "--config", paramLabel = "FILE", description = "Settings in YAML.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a setting; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Same as --set node.data-dir=DIR")
  private @Nullable Path dataDir;

  @Option(
      names = "--print-config",
      description = "Prints all settings with defaults, units and meaning, and ends.")
  private boolean printConfig;

  @Override
  public Integer call() throws InterruptedException {
    try {
      if (printConfig && file == null) {
        System.out.print(ConfigPrinter.printDefaults());
        return 0;
      }
      NodeConfig config = load();
      if (printConfig) {
        System.out.print(ConfigPrinter.print(config));
        return 0;
      }
      armFailpoints();
      return run(config);
    } catch (ConfigProblem problem) {
      System.err.println(problem.getMessage());
      return BAD_SETTINGS;
    } catch (FailpointPlan.Unreadable unreadable) {
      System.err.println(FAILPOINTS + ": " + unreadable.getMessage());
      return BAD_SETTINGS;
    } catch (IOException e) {
      System.err.println("balsa: the node cannot start: " + e.getMessage());
      log.error("the node cannot start", e);
      return CANNOT_START;
    }
  }

  /** For crash tests; docs/failpoints.md. */
  private static void armFailpoints() {
    String plan = System.getenv(FAILPOINTS);
    if (plan == null) {
      return;
    }
    Failpoint.arm(FailpointPlan.parse(plan, Halt::atFailpoint));
    log.atWarn().addKeyValue("plan", plan).log("failpoints are armed: this node is there to crash");
  }

  private NodeConfig load() throws ConfigProblem {
    List<String> all = new ArrayList<>(overrides);
    if (dataDir != null) {
      all.add("node.data-dir=" + dataDir);
    }
    return ConfigLoader.load(Optional.ofNullable(file), System.getenv(), all);
  }

  private static int run(NodeConfig config) throws IOException, InterruptedException {
    Node node =
        Node.start(config, new Node.Surroundings(new Halt(), PeerLinks.DIRECT, Disk.real()));
    CountDownLatch stopped = new CountDownLatch(1);
    StopSignal.onTermination(
        config.limits().shutdown(),
        limit -> {
          node.stop(limit);
          stopped.countDown();
        });
    System.out.printf(
        "balsa: node %s serves clients at %s%n",
        config.node().id(), config.listen().clientAddress());
    stopped.await();
    return 0;
  }
}
