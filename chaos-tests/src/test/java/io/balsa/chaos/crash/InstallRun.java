package io.balsa.chaos.crash;

import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.chaos.crash.InstallStep.Kind;
import io.balsa.chaos.crash.InstallStep.Phase;
import io.balsa.client.BalsaClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Rounds of installs in which nodes die, on one cluster under load. In each round one member is
 * left behind by the others' logs, or loses a store; it dies at a few steps, one life after the
 * other, or its source does; and in the end it holds what the others hold. One thread.
 */
final class InstallRun {
  static final List<String> STORES = List.of("catalog", "chunks/1");

  /** In turn, from the first round on. */
  private static final List<Kind> KINDS =
      List.of(Kind.TARGET, Kind.SOURCE, Kind.REBUILD, Kind.TARGET_WITH_LOG);

  private static final List<String> SETTINGS =
      List.of(
          "raft.election-timeout-min-ms=1000",
          "raft.election-timeout-max-ms=2000",
          "raft.segment-bytes-max=1048576",
          "raft.snapshot-every-entries=20",
          "raft.purge-keep-entries=0",
          "chunks.pack-bytes-max=1048576",
          "snapshots.send-bytes-per-second=16777216",
          "snapshots.kept-for-ms=15000");

  private static final int CHECKED_AT_END = 1_000;
  private static final int LOG_TAIL_CHARACTERS = 10_000;

  private final Path folder;
  private final long seed;
  private final PrintStream out;
  private final Map<String, InstallDeck> decks = new TreeMap<>();
  private final Map<Kind, Integer> deaths = new EnumMap<>(Kind.class);
  private final List<String> table = new ArrayList<>();
  private boolean isUntilAllStruck;
  private int writesDuring;
  private int readsDuring;
  private Object at = "the beginning";

  InstallRun(Path folder, long seed, PrintStream out) {
    this.folder = folder;
    this.seed = seed;
    this.out = out;
    for (String store : STORES) {
      decks.put(store, new InstallDeck(store, new Random(seed + store.hashCode())));
    }
  }

  /**
   * Runs until somebody has died at each step of an install, of whichever store.
   *
   * @param roundsMax after so many it gives up
   * @return the steps at which nobody died
   * @throws Violation a promise was broken; the message says how to run it again
   */
  List<InstallStep> runUntilAllStruck(int roundsMax, int deathsMax) throws IOException {
    InstallDeck all = new InstallDeck("any store", new Random(seed));
    STORES.forEach(store -> decks.put(store, all));
    isUntilAllStruck = true;
    run(roundsMax, deathsMax);
    return Stream.of(Phase.values()).flatMap(phase -> all.never(phase).stream()).toList();
  }

  /**
   * Runs.
   *
   * @param deathsMax of the target in a round
   * @throws Violation a promise was broken; the message says how to run it again
   */
  void run(int rounds, int deathsMax) throws IOException {
    String command =
        "%s-Dinstall.rounds=%d -Dinstall.deaths=%d -Dseed=%d"
            .formatted(isUntilAllStruck ? "-Dinstall.all=true " : "", rounds, deathsMax, seed);
    out.println("install run: " + command);
    var shape = new ProcessCluster.Shape("256m", 1, folder, SETTINGS);
    try (ProcessCluster cluster = ProcessCluster.form(folder, 3, shape);
        BalsaClient client = cluster.client();
        InstallLoad load = new InstallLoad(cluster, client, seed)) {
      try {
        load.begin();
        String target = "";
        for (int number = 1; number <= rounds; number++) {
          Optional<Kind> kind = kind(number);
          if (kind.isEmpty()) {
            break;
          }
          target = round(new InstallRig(cluster, client, load), number, kind.get(), deathsMax);
        }
        int checked = load.check(cluster.endpoint(target), CHECKED_AT_END);
        out.printf("%d objects were acknowledged, and %s has them%n", checked, target);
      } catch (IOException | RuntimeException | Error e) {
        throw explained(e, cluster, command);
      }
    } finally {
      out.println(this);
    }
  }

  /** How often a node died, by what it was doing. */
  Map<Kind, Integer> deaths() {
    return Map.copyOf(deaths);
  }

  /** Writes that were acknowledged while a member was being brought up. */
  int writesDuring() {
    return writesDuring;
  }

  /** Reads that were answered while a member was being brought up. */
  int readsDuring() {
    return readsDuring;
  }

  /** The next in turn; where all steps are to strike, the next that has one left, if any has. */
  private Optional<Kind> kind(int number) {
    List<Kind> inTurn = new ArrayList<>(KINDS);
    Collections.rotate(inTurn, 1 - number);
    return inTurn.stream()
        .filter(
            kind ->
                !isUntilAllStruck
                    || decks.values().stream()
                        .anyMatch(
                            deck -> kind.phases().stream().anyMatch(p -> !deck.never(p).isEmpty())))
        .findFirst();
  }

  private String round(InstallRig rig, int number, Kind kind, int deathsMax) throws IOException {
    Random random = new Random(seed * 1_000_003 + number);
    String target = "n" + (1 + random.nextInt(3));
    String store = STORES.get(random.nextInt(STORES.size()));
    InstallDeck deck = decks.get(store);
    int steps = kind == Kind.SOURCE ? 1 : deathsMax;
    var round = new InstallRound(rig, target, store, deck.deal(kind.phases(), steps), random);
    at = round;
    long begun = System.nanoTime();
    try {
      round.run(kind);
    } finally {
      for (InstallRound.Death death : round.deaths()) {
        deaths.merge(kind, 1, Integer::sum);
        deck.struck(death.step());
        table.add("%5d  %-15s  %s".formatted(number, kind, death));
      }
    }
    writesDuring += round.writesDuring();
    readsDuring += round.readsDuring();
    table.add(
        "%5d  %-15s  %s: %d writes and %d reads meanwhile; %d objects there; %d s"
            .formatted(
                number,
                kind,
                round.deaths().isEmpty() ? "nobody died" : "equal again",
                round.writesDuring(),
                round.readsDuring(),
                round.checked(),
                (System.nanoTime() - begun) / 1_000_000_000));
    return target;
  }

  private Violation explained(Throwable e, ProcessCluster cluster, String command)
      throws IOException {
    StringBuilder what = new StringBuilder(String.valueOf(e.getMessage()));
    what.append("\n  at: ").append(at);
    what.append("\n  again: ").append(command);
    what.append("\n  folder: ").append(folder);
    for (String node : cluster.nodes()) {
      for (Path output : List.of(InstallRig.before(cluster, node), cluster.output(node))) {
        String printed = Files.exists(output) ? Files.readString(output) : "";
        what.append("\n--- ").append(output).append(":\n");
        what.append(printed, Math.max(0, printed.length() - LOG_TAIL_CHARACTERS), printed.length());
      }
    }
    return new Violation(what.toString(), e);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("round  who dies\n");
    table.forEach(row -> text.append(row).append('\n'));
    text.append("deaths: ").append(deaths).append('\n');
    decks.values().stream().distinct().forEach(deck -> text.append(deck).append('\n'));
    return text.toString();
  }
}
