package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.balsa.service.cluster.LocalCluster;
import io.balsa.service.consensus.LogWatch;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the watermark's beat costs: small puts a second with and without it, in turns, in one run.
 * By hand: {@code java -cp <test classpath> io.balsa.service.WatermarkRate FOLDER SECONDS}.
 */
final class WatermarkRate {
  private static final int WRITERS = 16;

  /** With is true. Each order as often as the other: machines get slower and faster. */
  private static final boolean[] TURNS = {true, false, false, true, true, false, false, true};

  private WatermarkRate() {}

  /** Prints a line for each turn, and the ratio. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    // The compiler is not done with its work before that.
    double cold = measure(folder.resolve("cold"), true, 2 * seconds);
    System.out.printf("cold: %.0f puts/s%n", cold);
    double with = 0;
    double without = 0;
    for (int turn = 0; turn < TURNS.length; turn++) {
      Path own = folder.resolve("turn-" + turn);
      double rate = measure(own, TURNS[turn], seconds);
      Disk.real().deleteTree(own);
      System.out.printf("%s the beat: %.0f puts/s%n", TURNS[turn] ? "with" : "without", rate);
      with += TURNS[turn] ? rate : 0;
      without += TURNS[turn] ? 0 : rate;
    }
    System.out.printf("with / without = %.3f%n", with / without);
    System.exit(0);
  }

  private static double measure(Path folder, boolean beats, int seconds) throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder, 3);
        BalsaClient client = cluster.client()) {
      client.datasets().create("demo", WriteOptions.DEFAULT).orElseThrow();
      if (!beats) {
        for (String node : cluster.nodes()) {
          beatOf(cluster.node(node)).close();
        }
      }
      puts(client, "warm", Math.max(1, seconds / 2));
      return (double) puts(client, "measured", seconds) / seconds;
    }
  }

  private static long puts(BalsaClient client, String prefix, int seconds) throws Exception {
    LongAdder done = new LongAdder();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      for (int writer = 0; writer < WRITERS; writer++) {
        String own = prefix + "/" + writer + "/";
        var _ = writers.submit(() -> put(client, own, endNanos, done));
      }
    }
    return done.sum();
  }

  private static void put(BalsaClient client, String prefix, long endNanos, LongAdder done) {
    byte[] bytes = new byte[256];
    try {
      for (int number = 0; System.nanoTime() < endNanos; number++) {
        bytes[0] = (byte) number;
        bytes[1] = (byte) (number >> Byte.SIZE);
        client
            .objects()
            .put("demo", prefix + number, Source.of(bytes), PutOptions.DEFAULT)
            .orElseThrow();
        done.increment();
      }
    } catch (IOException | RuntimeException e) {
      System.err.println("a writer ended: " + e);
    }
  }

  /** Of no use but to be ended, for which a node has no switch. */
  private static LogWatch beatOf(Node node) throws ReflectiveOperationException {
    Field replicas = Node.class.getDeclaredField("replicas");
    Field opened = Replicas.class.getDeclaredField("opened");
    replicas.setAccessible(true);
    opened.setAccessible(true);
    for (Object part : (Deque<?>) opened.get(replicas.get(node))) {
      if (part instanceof LogWatch watch) {
        return watch;
      }
    }
    throw new IllegalStateException("no beat");
  }
}
