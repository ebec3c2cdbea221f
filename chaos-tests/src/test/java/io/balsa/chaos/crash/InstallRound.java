package io.balsa.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chaos.cluster.NodeProcess;
import io.balsa.chaos.cluster.ProcessCluster;
import io.balsa.chaos.crash.InstallStep.Kind;
import io.balsa.chaos.crash.InstallStep.Phase;
import io.balsa.chunk.Disk;
import io.balsa.service.observe.Halt;
import io.balsa.snapshot.StoreCondemnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One member is brought up, over deaths. Used once, by one thread. */
final class InstallRound {
  private static final Pattern HIT = Pattern.compile("balsa: failpoint (\\S+) at pass \\d+: (.*)");
  private static final int BEAT_MILLIS = 10;
  private static final int KILL_DELAY_MILLIS_MAX = 1_200;
  private static final int DOWN_MILLIS_MAX = 2_500;
  private static final int CHECKED_IN_ROUND = 100;

  /** A node that has all it needs may yet come to a step behind that. */
  private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final InstallRig rig;
  private final String target;
  private final String store;
  private final List<InstallStep> steps;
  private final Random random;
  private final List<Death> deaths = new ArrayList<>();
  private final Map<String, Long> floors = new TreeMap<>();
  private final Set<String> armed = new HashSet<>();
  private Optional<Left> left = Optional.empty();
  private int writesAtBegin = -1;
  private int readsAtBegin = -1;
  private int writesDuring;
  private int readsDuring;
  private int checked;

  /**
   * A death.
   *
   * @param step where it was to strike
   * @param who died
   * @param where it struck
   * @param kept what the target had by then
   */
  record Death(InstallStep step, String who, String where, String kept) {
    @Override
    public String toString() {
      return "%-8s %s  %s; %s".formatted(step.phase(), who, where, kept);
    }
  }

  /**
   * What a life of the target left behind.
   *
   * @param isWhole nothing is to be fetched any more
   * @param missingBytes may be fetched, if it is the same snapshot again
   * @param fetch what it fetched last
   */
  private record Left(boolean isWhole, long missingBytes, Optional<Fetch> fetch) {}

  /**
   * A transfer, by a line of the target's log.
   *
   * @param source who sends
   * @param index of the snapshot
   * @param bytes that the target lacks
   */
  private record Fetch(String source, long index, long bytes) {}

  InstallRound(
      InstallRig rig, String target, String store, List<InstallStep> steps, Random random) {
    this.rig = rig;
    this.target = target;
    this.store = store;
    this.steps = steps;
    this.random = random;
  }

  void run(Kind kind) throws IOException {
    switch (kind) {
      case TARGET, TARGET_WITH_LOG -> {
        floors.putAll(rig.leaveBehind(target, Map.of()));
        liveAndDie();
      }
      case REBUILD -> {
        rig.kill(target);
        floors.put(store, files(store).installedIndex());
        loseStore();
        liveAndDie();
      }
      case SOURCE -> loseSources();
    }
    settle();
  }

  List<Death> deaths() {
    return List.copyOf(deaths);
  }

  /** Writes that were acknowledged between the first fetch and the end. */
  int writesDuring() {
    return writesDuring;
  }

  /** Reads that were answered in that time. */
  int readsDuring() {
    return readsDuring;
  }

  /** Objects that the target had in the end. */
  int checked() {
    return checked;
  }

  private InstallFiles files(String of) {
    return rig.files(target, of);
  }

  private static Map<String, String> environment(Optional<String> plan) {
    return plan.map(text -> Map.of("BALSA_FAILPOINTS", text)).orElse(Map.of());
  }

  private void loseStore() throws IOException {
    Path folder = rig.cluster().dataDir(target).resolve(store);
    if (steps.getFirst().phase() != Phase.CONDEMN && random.nextBoolean()) {
      StoreCondemnation.write(Disk.real(), folder, "a test says so");
    } else {
      Path tables = store.equals("catalog") ? folder : folder.resolve("index");
      Files.delete(tables.resolve("CURRENT"));
    }
  }

  /** One life of the target a step, and a last one. */
  private void liveAndDie() throws IOException {
    for (InstallStep step : steps) {
      rig.start(target, environment(step.plan(store, random)));
      boolean died = awaitEnd(step);
      requireNothingFetchedTwice();
      if (died) {
        noteLeft();
      } else {
        rig.kill(target);
        break;
      }
    }
    rig.start(target, Map.of());
    awaitThrough();
    requireNothingFetchedTwice();
  }

  /** False if the target got all it needs and does not come to the step. */
  private boolean awaitEnd(InstallStep step) throws IOException {
    NodeProcess process = rig.cluster().process(target);
    Wait wait = new Wait();
    while (process.isAlive()) {
      if (step.point().isEmpty() && isDue(step.phase())) {
        sleep(random.nextInt(step.phase() == Phase.RECEIVE ? KILL_DELAY_MILLIS_MAX : 100));
        process.kill();
        note(step, target, "SIGKILL");
        return true;
      }
      if (isThrough() && wait.isCalm()) {
        return false;
      }
      wait.beat();
    }
    requireHalted(target);
    note(step, target, hit(target));
    return true;
  }

  private boolean isDue(Phase phase) throws IOException {
    return files(store).isWhole() || (phase == Phase.RECEIVE && files(store).begun().isPresent());
  }

  private void awaitThrough() throws IOException {
    Wait wait = new Wait();
    while (!isThrough()) {
      if (!rig.cluster().process(target).isAlive()) {
        throw new Violation(target + " ended by itself");
      }
      wait.beat();
    }
  }

  private boolean isThrough() throws IOException {
    for (Map.Entry<String, Long> floor : floors.entrySet()) {
      if (!files(floor.getKey()).isInstalledBehind(floor.getValue())) {
        return false;
      }
    }
    return printed(target).contains("serves clients at");
  }

  private void requireHalted(String node) {
    int code = rig.cluster().process(node).exitCode();
    if (code != Halt.FAILPOINT_EXIT_CODE) {
      throw new Violation(node + " ended by itself with exit code " + code);
    }
  }

  private void note(InstallStep step, String who, String where) throws IOException {
    InstallFiles files = files(store);
    String kept =
        files.isWhole()
            ? "a whole " + store
            : "%,d bytes of %s".formatted(files.vouchedBytes(), store);
    deaths.add(new Death(step, who, where, kept + " on " + target));
  }

  /** Where the process ended, without the part of the path that is the test's. */
  private String hit(String node) {
    Matcher hit = HIT.matcher(printed(node));
    if (!hit.find()) {
      throw new Violation(node + " does not say where it ended");
    }
    return hit.group(1) + " " + hit.group(2).replace(rig.cluster().dataDir(node) + "/", "");
  }

  private void noteLeft() throws IOException {
    for (String each : InstallRun.STORES) {
      files(each).requireHonestMarkers();
    }
    InstallFiles files = files(store);
    long total = files.begun().map(manifest -> manifest.bytes()).orElse(Long.MAX_VALUE);
    left =
        Optional.of(
            new Left(
                files.isWhole(),
                total - files.vouchedBytes(),
                fetches(target).reduce((_, last) -> last)));
  }

  private void requireNothingFetchedTwice() {
    if (left.isEmpty()) {
      return;
    }
    Left had = left.get();
    fetches(target)
        .forEach(
            fetch -> {
              boolean isSame =
                  had.fetch
                      .filter(last -> last.index == fetch.index)
                      .filter(last -> last.source.equals(fetch.source))
                      .isPresent();
              if (had.isWhole || (isSame && fetch.bytes > had.missingBytes)) {
                throw new Violation(target + " had " + had + ", and fetches " + fetch);
              }
            });
  }

  private Stream<Fetch> fetches(String node) {
    String group = store.replace("/", "-");
    return Pattern.compile(
            "group=\"%s\" source=\"([^\"]+)\" index=\"(\\d+)\" bytes=\"(\\d+)\" fetching a snapshot"
                .formatted(group))
        .matcher(printed(node))
        .results()
        .map(
            line ->
                new Fetch(
                    line.group(1), Long.parseLong(line.group(2)), Long.parseLong(line.group(3))));
  }

  private String printed(String node) {
    return rig.cluster().process(node).printed();
  }

  /** Whoever serves dies; both may. */
  private void loseSources() throws IOException {
    InstallStep step = steps.getFirst();
    Map<String, String> environment = environment(step.plan(store, random));
    floors.putAll(rig.leaveBehind(target, environment));
    if (!environment.isEmpty()) {
      armed.addAll(rig.others(target));
    }
    rig.start(target, Map.of());
    Wait wait = new Wait();
    while (!isThrough() || !wait.isCalm()) {
      if (environment.isEmpty() && deaths.isEmpty()) {
        killSource(step);
      }
      reviveSources(step);
      wait.beat();
    }
    for (String node : List.copyOf(armed)) {
      rig.kill(node);
      rig.start(node, Map.of());
    }
  }

  private void killSource(InstallStep step) throws IOException {
    Optional<Fetch> fetch = fetches(target).findFirst();
    if (fetch.isPresent()) {
      sleep(random.nextInt(KILL_DELAY_MILLIS_MAX));
      String source = fetch.get().source;
      rig.kill(source);
      note(step, source, "SIGKILL");
      sleep(random.nextInt(DOWN_MILLIS_MAX));
      rig.start(source, Map.of());
    }
  }

  private void reviveSources(InstallStep step) throws IOException {
    for (String node : List.copyOf(armed)) {
      if (!rig.cluster().process(node).isAlive()) {
        requireHalted(node);
        note(step, node, hit(node));
        armed.remove(node);
        sleep(random.nextInt(DOWN_MILLIS_MAX));
        rig.start(node, Map.of());
      }
    }
  }

  /** All hold the same, nothing is left behind, and the target serves all that was acknowledged. */
  private void settle() throws IOException {
    if (writesAtBegin >= 0) {
      writesDuring = rig.load().writes() - writesAtBegin;
      readsDuring = rig.load().reads() - readsAtBegin;
    }
    rig.load().pause();
    try {
      rig.cluster().awaitSameState(rig.client());
    } finally {
      rig.load().resume();
    }
    for (String node : rig.cluster().nodes()) {
      for (String each : InstallRun.STORES) {
        assertThat(rig.files(node, each).underWay()).isEmpty();
      }
      Path outgoing = rig.cluster().dataDir(node).resolve("outgoing");
      await()
          .atMost(ProcessCluster.PATIENCE)
          .untilAsserted(() -> assertThat(outgoing).isEmptyDirectory());
    }
    assertThat(rig.quarantined(target).stream().distinct().count())
        .as("at most one lost store of a group is kept")
        .isEqualTo(rig.quarantined(target).size());
    checked = rig.load().check(rig.cluster().endpoint(target), CHECKED_IN_ROUND);
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A wait in steps that looks after the load, and does not last for ever. */
  private final class Wait {
    private final long endNanos = System.nanoTime() + 2 * ProcessCluster.PATIENCE.toNanos();
    private long throughNanos = -1;

    void beat() throws IOException {
      rig.load().requireGoingOn();
      if (System.nanoTime() > endNanos) {
        throw new Violation(target + " is not through");
      }
      if (writesAtBegin < 0 && files(store).begun().isPresent()) {
        writesAtBegin = rig.load().writes();
        readsAtBegin = rig.load().reads();
      }
      sleep(BEAT_MILLIS);
    }

    /** True once it was asked for a while. */
    boolean isCalm() {
      if (throughNanos < 0) {
        throughNanos = System.nanoTime();
      }
      return System.nanoTime() - throughNanos > CALM_NANOS;
    }
  }

  @Override
  public String toString() {
    return "target " + target + ", " + store + ", steps " + steps + ", deaths " + deaths;
  }
}
