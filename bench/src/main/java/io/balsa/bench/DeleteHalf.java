package io.balsa.bench;

import io.balsa.bench.load.RandomStream;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Table;
import io.balsa.cli.transfer.Lanes;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** How much space comes back when half of all objects is deleted. Used once, by one thread. */
final class DeleteHalf {
  private static final String DATASET = "space";
  private static final int LANES = 8;

  /** What a node's folder may take in the end, over the live data. */
  private static final double SHARE_MAX = 1.15;

  private final Options options;
  private final PrintStream out;

  /**
   * What is asked for.
   *
   * @param objects that are put
   * @param bytes of each
   * @param seed of their bytes
   * @param reclaim what makes the nodes give space back
   */
  record Options(Rig.Setup setup, int objects, long bytes, long seed, Reclaim reclaim) {}

  /** Makes the nodes of a cluster give back what is not used, and returns when they have. */
  @FunctionalInterface
  interface Reclaim {
    void run(Rig rig, PrintStream out) throws IOException, InterruptedException;
  }

  /**
   * Waits until the nodes do it by themselves: until no node's folder has shrunk for a while.
   *
   * @param quiet for so long
   * @param atMost gives up after this
   */
  record Settled(Duration quiet, Duration atMost) implements Reclaim {
    /** What a folder changes by when nothing is freed: logs, flushes. */
    private static final long NOISE_BYTES = 1 << 20;

    @Override
    public void run(Rig rig, PrintStream out) throws IOException, InterruptedException {
      Pace.Deadline deadline = rig.pace().deadline(atMost);
      long lowest = allocated(rig);
      long since = rig.pace().now();
      while (rig.pace().since(since).compareTo(quiet) < 0 && !deadline.isOver()) {
        Thread.sleep(Duration.ofSeconds(1));
        long now = allocated(rig);
        if (now < lowest - NOISE_BYTES) {
          lowest = now;
          since = rig.pace().now();
          out.println("  " + Amounts.bytes(now) + " on all nodes");
        }
      }
    }

    private static long allocated(Rig rig) throws IOException, InterruptedException {
      long sum = 0;
      for (NodeProcess node : rig.cluster().nodes()) {
        sum += DiskUse.allocatedBytes(node.data());
      }
      return sum;
    }
  }

  DeleteHalf(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** True where every node gave back so much that it takes little more than what is live. */
  boolean run() throws IOException, InterruptedException {
    try (Rig rig = Rig.start(options.setup())) {
      var _ = rig.client().datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
      Table table = new Table("when", "live", "node", "data folder", "chunks/", "over live");
      forEach(0, 1, number -> put(rig, number));
      var _ = add(table, rig, "all are there", options.objects());
      forEach(0, 2, number -> delete(rig, number));
      var _ = add(table, rig, "half is deleted", options.objects() / 2);
      long begun = rig.pace().now();
      options.reclaim().run(rig, out);
      String after = "after " + Amounts.duration(rig.pace().since(begun));
      double share = add(table, rig, after, options.objects() / 2);
      table.lines().forEach(out::println);
      out.printf(
          Locale.ROOT, "at most %.3f of what is live; to be at most %.2f%n", share, SHARE_MAX);
      rig.pass();
      return share <= SHARE_MAX;
    }
  }

  /** A change of one object. */
  @FunctionalInterface
  private interface Change {
    void make(int number) throws IOException;
  }

  private void forEach(int first, int step, Change change)
      throws IOException, InterruptedException {
    try (Lanes lanes = new Lanes("balsa-bench-space", LANES)) {
      for (int number = first; number < options.objects(); number += step) {
        int each = number;
        lanes.begin(() -> change.make(each));
      }
      lanes.join();
    }
  }

  private void put(Rig rig, int number) throws IOException {
    var _ =
        rig.client()
            .objects()
            .put(
                DATASET,
                "object-" + number,
                RandomStream.source(options.seed() + 2L * number, options.bytes()),
                PutOptions.DEFAULT)
            .orElseThrow();
  }

  private static void delete(Rig rig, int number) {
    var _ =
        rig.client()
            .objects()
            .delete(DATASET, "object-" + number, DeleteOptions.DEFAULT)
            .orElseThrow();
  }

  /** Returns the largest of the nodes' shares. */
  private double add(Table table, Rig rig, String when, int objects)
      throws IOException, InterruptedException {
    long live = objects * options.bytes();
    double largest = 0;
    for (NodeProcess node : rig.cluster().nodes()) {
      long data = DiskUse.allocatedBytes(node.data());
      table.row(
          when,
          Amounts.bytes(live),
          node.id(),
          Amounts.bytes(data),
          Amounts.bytes(DiskUse.allocatedBytes(node.data().resolve("chunks"))),
          String.format(Locale.ROOT, "%.3f", (double) data / live));
      largest = Math.max(largest, (double) data / live);
    }
    return largest;
  }
}
