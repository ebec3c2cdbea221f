package io.balsa.chaos.crash;

import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.service.observe.Halt;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kills nodes under load, again and again, and looks after each time whether all that was
 * acknowledged is there. The nodes are set up so that packs roll, stores flush and logs are purged
 * all the time.
 */
final class CrashRun {
  static final List<String> SETTINGS =
      List.of(
          "raft.segment-bytes-max=1048576",
          "raft.snapshot-every-entries=25",
          "raft.purge-keep-entries=0",
          "chunks.chunk-bytes=65536",
          "chunks.entry-bytes-max=262144",
          "chunks.pack-bytes-max=1048576",
          "memory.rocksdb-cache-bytes=8388608",
          "memory.rocksdb-write-buffer-bytes=1048576",
          // A disk whose power can be cut is a small one.
          "disk.refuse-writes-below-bytes=134217728",
          "disk.hand-over-below-bytes=67108864",
          "disk.reserve-bytes=0");

  /** Who has nobody to be elected by need not wait. */
  static final List<String> ALONE =
      List.of("raft.first-election-timeout-min-ms=50", "raft.first-election-timeout-max-ms=150");

  static final int CHUNK_GROUPS = 2;
  private static final int WRITERS = 4;
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration IMPATIENT = Duration.ofMillis(400);
  private static final Pattern HIT = Pattern.compile("balsa: failpoint ([a-z.-]+) at pass");
  private static final int LOG_TAIL_CHARACTERS = 12_000;

  private final CrashOptions options;
  private final PrintStream out;
  private final Tally tally = new Tally();
  private final AtomicInteger lives = new AtomicInteger();
  private final AtomicBoolean finishing = new AtomicBoolean();
  private String at = "the beginning";
  private final Map<String, Integer> ends = new TreeMap<>();
  private final Map<String, Integer> hits = new TreeMap<>();

  CrashRun(CrashOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * Runs.
   *
   * @return what was done, for a reader
   * @throws Violation a promise was broken; the message says how to run it again
   */
  String run() throws IOException {
    out.println(options.command());
    try (PowerSwitch power = options.power() ? PowerSwitch.install(options.folder()) : null) {
      Path data = power == null ? options.folder() : power.mount();
      List<String> settings = new ArrayList<>(SETTINGS);
      settings.addAll(options.nodes() == 1 ? ALONE : List.of());
      var shape = new ProcessCluster.Shape("256m", CHUNK_GROUPS, data, settings);
      try (ProcessCluster cluster = ProcessCluster.form(options.folder(), options.nodes(), shape)) {
        underLoad(cluster, power);
      }
    }
    String report = "crash test: " + ends + ", failpoints " + hits + ", " + tally;
    out.println(report);
    return report;
  }

  /** How many lives ended, by what ended them. */
  Map<String, Integer> ends() {
    return Map.copyOf(ends);
  }

  Tally tally() {
    return tally;
  }

  private void underLoad(ProcessCluster cluster, PowerSwitch power) throws IOException {
    ClientOptions client =
        ClientOptions.of(cluster.endpoints()).withChunkBytes(64 << 10).withTransfers(4, 4 << 20);
    try (BalsaClient patient = BalsaClient.connect(client.withDeadline(PATIENT));
        BalsaClient impatient = BalsaClient.connect(client.withDeadline(IMPATIENT))) {
      List<Thread> threads = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(WRITERS);
      for (int number = 0; number < WRITERS; number++) {
        BalsaClient own = number % 2 == 0 ? patient : impatient;
        long seed = options.seed() * WRITERS + number;
        CrashWriter writer = new CrashWriter(own, "w" + number, seed, tally);
        threads.add(Thread.ofPlatform().name("writer-" + number).start(() -> write(writer, begun)));
      }
      try {
        begun.await();
        killAgainAndAgain(cluster, power);
        finishing.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        tally.requireGoingOn();
        cluster.awaitSameState(patient);
      } catch (Violation e) {
        throw explained(e, cluster);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } finally {
        tally.fail(new Violation("the run is over"));
      }
    }
  }

  private void write(CrashWriter writer, CountDownLatch begun) {
    try {
      writer.begin();
      begun.countDown();
      int checkedLives = 0;
      while (!finishing.get()) {
        int ended = lives.get();
        if (ended > checkedLives) {
          checkedLives = ended;
          writer.check();
        }
        writer.step();
      }
      writer.checkAll();
    } catch (IOException | RuntimeException | Error e) {
      tally.fail(e);
      begun.countDown();
    }
  }

  private void killAgainAndAgain(ProcessCluster cluster, PowerSwitch power)
      throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + options.atMost().toNanos();
    for (int cycle = 1; cycle <= options.cycles() && System.nanoTime() < endNanos; cycle++) {
      Random random = new Random(options.seed() * 1_000_003 + cycle);
      String node = cluster.nodes().get(random.nextInt(options.nodes()));
      KillPlan plan = KillPlan.draw(random);
      at = "cycle " + cycle + ", " + node + ", " + plan;
      if (cycle > 1 && options.nodes() > 1) {
        requireAllAlive(cluster);
      }
      liveAndDie(cluster, power, node, plan);
      if (options.nodes() > 1) {
        restart(cluster, node, Map.of());
      }
      if (cycle % 20 == 0) {
        out.printf("%d cycles, %s%n", cycle, tally);
      }
    }
    at = "the end";
    for (String node : cluster.nodes()) {
      if (!cluster.process(node).isAlive()) {
        restart(cluster, node, Map.of());
      }
    }
  }

  /** Nobody dies but by a plan. */
  private static void requireAllAlive(ProcessCluster cluster) {
    for (String node : cluster.nodes()) {
      if (!cluster.process(node).isAlive()) {
        throw new Violation(
            node + " ended by itself with exit code " + cluster.process(node).exitCode());
      }
    }
  }

  /** Starts a node under a plan, and waits for its end. */
  private void liveAndDie(ProcessCluster cluster, PowerSwitch power, String node, KillPlan plan)
      throws IOException, InterruptedException {
    if (cluster.process(node).isAlive()) {
      end(cluster, power, node);
    }
    restart(cluster, node, plan.environment());
    NodeProcess process = cluster.process(node);
    awaitEnd(process, plan);
    String how = plan.kind().name();
    if (!process.isAlive()) {
      int code = process.exitCode();
      how += " exit " + code;
      if (!plan.mayEndWith(code, Halt.FAILPOINT_EXIT_CODE)) {
        throw new Violation("the node ended by itself with exit code " + code);
      }
    }
    end(cluster, power, node);
    ends.merge(how, 1, Integer::sum);
    Matcher hit = HIT.matcher(process.printed());
    if (hit.find()) {
      hits.merge(hit.group(1), 1, Integer::sum);
    }
  }

  /** Until the process has ended, or is to be killed now. */
  private void awaitEnd(NodeProcess process, KillPlan plan) throws InterruptedException {
    long target = tally.acknowledgements() + plan.acknowledgements();
    long patienceEnd = System.nanoTime() + Tally.SILENCE_MAX.toNanos();
    while (process.isAlive() && tally.acknowledgements() < target) {
      tally.requireGoingOn();
      if (System.nanoTime() > patienceEnd) {
        throw new Violation("no writes are acknowledged, and the node runs");
      }
      Thread.sleep(2);
    }
    for (int slept = 0; process.isAlive() && slept < plan.delayMillis(); slept += 2) {
      Thread.sleep(2);
    }
  }

  private void end(ProcessCluster cluster, PowerSwitch power, String node) {
    if (power != null) {
      power.cut();
    }
    cluster.process(node).kill();
    if (power != null) {
      power.restore();
    }
    lives.incrementAndGet();
  }

  private static void restart(ProcessCluster cluster, String node, Map<String, String> environment)
      throws IOException {
    Path output = cluster.output(node);
    Files.move(
        output,
        output.resolveSibling(output.getFileName() + ".before"),
        StandardCopyOption.REPLACE_EXISTING);
    cluster.start(node, environment);
  }

  private Violation explained(Violation e, ProcessCluster cluster) {
    StringBuilder what = new StringBuilder(String.valueOf(e.getMessage()));
    what.append("\n  at: ").append(at);
    what.append("\n  again: ").append(options.command());
    what.append("\n  folder: ").append(options.folder());
    for (String node : cluster.nodes()) {
      String printed = cluster.process(node).printed();
      what.append("\n--- ").append(node).append(":\n");
      what.append(printed, Math.max(0, printed.length() - LOG_TAIL_CHARACTERS), printed.length());
    }
    return new Violation(what.toString(), e);
  }
}
