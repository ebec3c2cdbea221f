package io.balsa.bench;

import io.balsa.bench.curve.Plateau;
import io.balsa.bench.curve.Samples;
import io.balsa.bench.load.Kind;
import io.balsa.bench.load.Ledger;
import io.balsa.bench.load.Load;
import io.balsa.bench.load.Plan;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Table;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Three nodes under mixed load for a long time, sampled; in the end everything is read back, and
 * each curve that should be level is judged. Used once, by one thread.
 */
final class LongLife {
  private static final Duration SAME_STATE_MAX = Duration.ofMinutes(5);

  private final Options options;
  private final PrintStream out;

  /**
   * What is asked for.
   *
   * @param length of the load
   * @param beat between two samples
   * @param freeBytesMin the run ends when its disk has less than this free
   * @param to folder for {@code samples.csv} and {@code curves.png}
   */
  record Options(
      Rig.Setup setup, Plan plan, Duration length, Duration beat, long freeBytesMin, Path to) {
    Path csv() {
      return to.resolve("samples.csv");
    }

    Path png() {
      return to.resolve("curves.png");
    }
  }

  LongLife(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** How it ended. */
  enum End {
    /** Nothing was lost, nothing wrong was read, every curve is level or the run was short. */
    GOOD,
    /** Nothing was lost, but a curve goes on rising. */
    RISING
  }

  /**
   * Runs it.
   *
   * @throws BenchFailed if a promise was broken, a node ended, or replicas differ
   */
  End run() throws IOException, InterruptedException {
    Files.createDirectories(options.to());
    out.printf(
        Locale.ROOT,
        "seed %d, %d paths, %d workers%n",
        options.plan().seed(),
        options.plan().objectsMax(),
        options.plan().workers());
    try (Rig rig = Rig.start(options.setup())) {
      String dataset = options.plan().dataset();
      var _ = rig.client().datasets().create(dataset, WriteOptions.DEFAULT).orElseThrow();
      try (Load load =
          new Load(options.plan(), rig.client(), rig.cluster().endpoints(), System::nanoTime)) {
        Optional<String> broken = underLoad(rig, load);
        if (broken.isEmpty() && !rig.isInterrupted()) {
          broken = readBack(rig, load);
        }
        tell(load.ledger());
        End end = judge();
        if (broken.isPresent()) {
          throw new BenchFailed(broken.get());
        }
        rig.pass();
        return end;
      }
    }
  }

  /** What went wrong, if something did. */
  private Optional<String> underLoad(Rig rig, Load load) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    load.start();
    Optional<String> ended = Optional.empty();
    try (Sampler sampler = new Sampler(rig.cluster(), load.ledger(), options.csv())) {
      long next = begun;
      while (load.isRunning() && !rig.isInterrupted() && ended.isEmpty()) {
        next += options.beat().toNanos();
        while (System.nanoTime() < next && load.isRunning() && !rig.isInterrupted()) {
          rig.pace().rest();
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
        out.println(sampler.sample(elapsed));
        ended = rig.ended();
        if (elapsed.compareTo(options.length()) >= 0 || noSpace()) {
          break;
        }
      }
    }
    if (ended.isPresent() || rig.isInterrupted()) {
      load.close(); // Nodes are gone: nothing that is under way is worth waiting for.
    } else {
      load.stop();
    }
    return load.ledger().violation().isPresent() ? load.ledger().violation() : ended;
  }

  private boolean noSpace() throws IOException {
    long free = Files.getFileStore(options.setup().folder()).getUsableSpace();
    if (free >= options.freeBytesMin()) {
      return false;
    }
    out.println("the disk has only " + Amounts.bytes(free) + " left: the load ends here");
    return true;
  }

  /** What went wrong, if something did. */
  private Optional<String> readBack(Rig rig, Load load) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    out.println("the load has ended; everything is read back");
    load.readBack();
    if (load.ledger().violation().isPresent()) {
      return load.ledger().violation();
    }
    out.printf(
        "all %d paths hold what was acknowledged, read back in %s%n",
        options.plan().objectsMax(), Amounts.duration(Duration.ofNanos(System.nanoTime() - begun)));
    try {
      rig.awaitSameState(SAME_STATE_MAX);
    } catch (BenchFailed e) {
      return Optional.ofNullable(e.getMessage());
    }
    out.println("all replicas hold the same, by their digests");
    return Optional.empty();
  }

  private void tell(Ledger ledger) {
    Table counts = new Table("what", "count");
    for (Kind kind : Kind.values()) {
      counts.row(kind.label(), Amounts.count(ledger.done(kind)));
    }
    counts.row("bytes put", Amounts.bytes(ledger.bytesWritten()));
    counts.row("bytes read and compared", Amounts.bytes(ledger.bytesRead()));
    ledger.errors().forEach((what, count) -> counts.row(what, Amounts.count(count)));
    counts.lines().forEach(out::println);
  }

  private End judge() throws IOException {
    Samples samples = Samples.read(options.csv());
    List<Plateau> plateaus = Curves.plateaus(samples);
    Table table = new Table("curve", "mean of the last half", "growth", "level up to", "verdict");
    for (Plateau plateau : plateaus) {
      table.row(
          plateau.column(),
          String.format(Locale.ROOT, "%,.0f", plateau.mean()),
          plateau.growth(),
          String.format(Locale.ROOT, "%.0f %%/h", 100 * plateau.threshold()),
          plateau.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    table.lines().forEach(out::println);
    out.println(Plateau.RULE);
    Curves.draw(samples, subtitle(samples), options.png());
    out.println(options.csv() + " and " + options.png());
    boolean rising = plateaus.stream().anyMatch(each -> each.verdict() == Plateau.Verdict.RISING);
    return rising ? End.RISING : End.GOOD;
  }

  private String subtitle(Samples samples) {
    return String.format(
        Locale.ROOT,
        "three nodes on one machine, %d workers, up to %,d objects of 1 KiB to 12 MiB, seed %d,"
            + " %d samples",
        options.plan().workers(),
        options.plan().objectsMax(),
        options.plan().seed(),
        samples.size());
  }
}
