package io.balsa.bench;

import io.balsa.bench.load.RandomStream;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.transfer.Lanes;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How fast a replica that has nothing gets everything, against {@code cp} of the same files on the
 * same disk. One node is away while the others are loaded; they purge their logs, so that it must
 * be given snapshots. Used once, by one thread.
 */
final class InstallRate {
  /** Logs that are purged soon. */
  static final Map<String, String> SETTINGS =
      Map.of(
          "raft.snapshot-every-entries", "10",
          "raft.purge-keep-entries", "0",
          "raft.segment-bytes-max", "1048576");

  private static final String DATASET = "install";
  private static final String INSTALLED = "a snapshot is installed";
  private static final long OBJECT_BYTES = 32L << 20;

  /** So many small ones that each group takes a snapshot. */
  private static final int SMALL_OBJECTS = 120;

  private static final int SMALL_BYTES = 4 << 10;
  private static final int LANES = 4;
  private static final Duration PURGE_REST = Duration.ofSeconds(3);
  private static final Duration INSTALL_MAX = Duration.ofMinutes(30);

  private final Options options;
  private final PrintStream out;

  /**
   * What is asked for.
   *
   * @param bytes that are loaded
   * @param seed of them
   */
  record Options(Rig.Setup setup, long bytes, long seed) {}

  InstallRate(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void run() throws IOException, InterruptedException {
    try (Rig rig = Rig.start(options.setup().withDefaults(SETTINGS))) {
      List<NodeProcess> nodes = rig.cluster().nodes();
      NodeProcess away = nodes.getLast();
      var _ = rig.client().datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      rig.awaitSameState(Duration.ofMinutes(1));
      away.kill();
      long begun = rig.pace().now();
      long bytes = loadBytes(rig);
      out.printf(
          "%s put while %s was away, at %s%n",
          Amounts.bytes(bytes), away.id(), Amounts.rate(bytes, rig.pace().since(begun)));
      purgeLogs(rig, nodes.subList(0, nodes.size() - 1));
      Installed installed = install(rig, away);
      tell(away, bytes, installed, copy(nodes.getFirst()));
      rig.pass();
    }
  }

  /** Returns how many were put: whole objects. */
  private long loadBytes(Rig rig) throws IOException, InterruptedException {
    long objects = Math.max(1, options.bytes() / OBJECT_BYTES);
    try (Lanes lanes = new Lanes("balsa-bench-install", LANES)) {
      for (long i = 0; i < objects; i++) {
        long number = i;
        lanes.begin(() -> put(rig, "large-" + number, number, OBJECT_BYTES));
      }
      lanes.join();
    }
    return objects * OBJECT_BYTES;
  }

  private void put(Rig rig, String path, long number, long bytes) throws IOException {
    var _ =
        rig.client()
            .objects()
            .put(
                DATASET,
                path,
                RandomStream.source(options.seed() + 2 * number, bytes),
                PutOptions.DEFAULT)
            .orElseThrow();
  }

  /** Only closed segments of a log are purged, and a new term closes one. */
  private void purgeLogs(Rig rig, List<NodeProcess> nodes)
      throws IOException, InterruptedException {
    for (NodeProcess node : nodes) {
      node.kill();
      rig.restart(node);
    }
    for (int i = 0; i < SMALL_OBJECTS; i++) {
      put(rig, "small-" + i, Long.MAX_VALUE / 4 + i, SMALL_BYTES);
    }
    Thread.sleep(PURGE_REST);
  }

  /**
   * An install.
   *
   * @param before from the start of the target's process to the first byte that it has: the source
   *     reads and hashes what it lends
   * @param took from there until all replicas hold the same
   * @param residentPeakBytes the most memory that the target had
   */
  private record Installed(Duration before, Duration took, long residentPeakBytes) {}

  private Installed install(Rig rig, NodeProcess away) throws IOException, InterruptedException {
    Path chunks = away.data().resolve("chunks");
    long empty = DiskUse.bytes(chunks);
    rig.restart(away);
    long started = rig.pace().now();
    long begun = started;
    Pace.Deadline deadline = rig.pace().deadline(INSTALL_MAX);
    while (DiskUse.bytes(chunks) <= empty && !deadline.isOver()) {
      begun = rig.pace().now();
      rig.pace().rest();
    }
    rig.awaitSameState(INSTALL_MAX);
    Duration took = rig.pace().since(begun);
    if (!Files.readString(away.log()).contains(INSTALLED)) {
      throw new BenchFailed(away.id() + " caught up from the log, so no install was measured");
    }
    Optional<ProcessFacts> facts = ProcessFacts.of(away.pid());
    Duration before = Duration.ofNanos(begun - started);
    return new Installed(before, took, facts.map(ProcessFacts::residentPeakBytes).orElse(0L));
  }

  /** {@code cp -r} of a node's chunks beside it, down to the disk. */
  private static Duration copy(NodeProcess from) throws IOException, InterruptedException {
    Path to = from.folder().resolve("copy");
    call("sync", "-f", from.folder().toString());
    long begun = System.nanoTime();
    call("cp", "-r", from.data().resolve("chunks").toString(), to.toString());
    call("sync", "-f", from.folder().toString());
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static void call(String... words) throws IOException, InterruptedException {
    int exit = new ProcessBuilder(words).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", words) + " failed with " + exit);
    }
  }

  private void tell(NodeProcess away, long bytes, Installed installed, Duration copied) {
    double install = Amounts.perSecond(bytes, installed.took()) / 1e6;
    double copy = Amounts.perSecond(bytes, copied) / 1e6;
    out.printf(
        Locale.ROOT,
        "install: %s in %s, %.1f MB/s, after %s; %s had at most %s resident%n",
        Amounts.bytes(bytes),
        Amounts.duration(installed.took()),
        install,
        Amounts.duration(installed.before()),
        away.id(),
        Amounts.bytes(installed.residentPeakBytes()));
    out.printf(Locale.ROOT, "cp -r and sync: %s, %.1f MB/s%n", Amounts.duration(copied), copy);
    out.printf(Locale.ROOT, "install goes at %.2f of cp%n", install / copy);
  }
}
