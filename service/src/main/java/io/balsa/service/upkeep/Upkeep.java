package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import io.balsa.replica.CatalogStateMachine;
import io.balsa.replica.ChunkUpkeep;
import io.balsa.replica.ChunkUpkeep.Health;
import io.balsa.replica.FailStop;
import io.balsa.replica.StoreClosed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All upkeep of a node: what goes on by itself, and what operators ask for. Thread-safe. */
public final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  /** Jobs that run at a time: each reads the disk as fast as it was asked to. */
  public static final int JOBS_MAX = 2;

  private static final Duration LOOK_PAUSE = Duration.ofMillis(50);
  private static final Duration REPAIR_WAIT_MAX = Duration.ofSeconds(60);

  private final List<ChunkUpkeep> groups;
  private final List<ScrubTarget> targets;
  private final Settings settings;
  private final CorruptStores corrupt;
  private final FailStop failStop;
  private final Semaphore places = new Semaphore(JOBS_MAX);
  private final Repairer repairer;
  private final Compactor compactor;
  private final @Nullable Scrubber scrubber;

  /**
   * How to keep things.
   *
   * @param scrubBytesPerSecond how fast to scrub without being asked; 0 for never
   * @param scrubPause from the end of a round to the start of the next
   * @param compaction when to give space back
   */
  public record Settings(
      long scrubBytesPerSecond, Duration scrubPause, CompactionRule compaction) {}

  /**
   * What is kept.
   *
   * @param chunks of each chunk group
   * @param targets what else is scrubbed, before the chunks
   */
  public record Stores(List<ChunkUpkeep> chunks, List<ScrubTarget> targets) {
    /** Copies. */
    public Stores {
      chunks = List.copyOf(chunks);
      targets = List.copyOf(targets);
    }

    /** Of a node's replicas, with their logs. */
    public static Stores of(
        CatalogStateMachine catalog, List<ChunkUpkeep> chunks, List<LogTarget> logs) {
      List<ScrubTarget> targets = new ArrayList<>(logs);
      targets.add(new TableTarget(GroupName.CATALOG, catalog::storeBytes, catalog::verifyStore));
      for (ChunkUpkeep group : chunks) {
        targets.add(new TableTarget(group.group(), group::indexBytes, group::verifyIndex));
      }
      return new Stores(chunks, targets);
    }
  }

  /**
   * Where the scrub is.
   *
   * @param enabled whether it goes on by itself
   * @param at the target that it reads; empty between two rounds
   * @param startedMillis when the round began, or the last one did; 0 for none
   * @param bytesDone read in it
   * @param bytesTotal about how much there is
   * @param found bad pieces in it
   * @param completedMillis when the last whole round ended; 0 for none
   */
  public record ScrubState(
      boolean enabled,
      String at,
      long startedMillis,
      long bytesDone,
      long bytesTotal,
      long found,
      long completedMillis) {}

  /**
   * Starts.
   *
   * @param folder where the scrub notes its place
   * @param corrupt told of damaged stores
   * @throws IOException the scrub's place cannot be read
   */
  public Upkeep(
      Stores stores, Settings settings, Path folder, CorruptStores corrupt, FailStop failStop)
      throws IOException {
    this.groups = stores.chunks;
    this.settings = settings;
    this.corrupt = corrupt;
    this.failStop = failStop;
    targets = new ArrayList<>(stores.targets);
    groups.forEach(group -> targets.add(new PackTarget(group)));
    scrubber = settings.scrubBytesPerSecond > 0 ? startScrubber(folder) : null;
    repairer = new Repairer(groups, failStop);
    compactor = new Compactor(groups, settings.compaction, failStop);
  }

  private Scrubber startScrubber(Path folder) throws IOException {
    Scrubber.Rule rule = new Scrubber.Rule(settings.scrubBytesPerSecond, settings.scrubPause);
    return new Scrubber(targets, rule, folder, Clock.systemUTC(), corrupt, failStop);
  }

  private Optional<Job> start(String name, Job.Work work) {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    return Optional.of(Job.start("balsa-" + name, work, places::release));
  }

  /**
   * Reads everything of some groups, from the beginning, and waits a while for what it found to be
   * repaired.
   *
   * @param bytesPerSecond at most; 0 for no bound
   * @return the job; the caller closes it. Empty where {@link #JOBS_MAX} run already
   */
  public Optional<Job> scrub(Predicate<GroupName> which, long bytesPerSecond) {
    List<ScrubTarget> chosen = targets.stream().filter(each -> which.test(each.group())).toList();
    return start(
        "scrub-job",
        (stop, listener) -> {
          ScrubPass pass = new ScrubPass(chosen, stop.rate(bytesPerSecond), stop, corrupt);
          long total = pass.bytes();
          listener.on(progress -> progress.of(total));
          if (run(pass, listener)) {
            awaitRepair(which, stop);
          }
        });
  }

  private boolean run(ScrubPass pass, Compaction.Listener listener)
      throws IOException, InterruptedException {
    try {
      return pass.run(
          0,
          ScrubTarget.Cursor.START,
          (target, step) ->
              listener.on(
                  progress ->
                      progress
                          .at(pass.targets().get(target).name())
                          .plus(step.bytes(), step.found())));
    } catch (IOException e) {
      failStop.halt("the scrub failed", e);
      throw e;
    }
  }

  private void awaitRepair(Predicate<GroupName> which, StopSignal stop)
      throws InterruptedException {
    long deadline = System.nanoTime() + REPAIR_WAIT_MAX.toNanos();
    while (lost(which) > 0 && System.nanoTime() - deadline < 0 && !stop.await(LOOK_PAUSE)) {
      // The repairer is at it.
    }
  }

  /** Chunks of some groups that are lost here. */
  public long lost(Predicate<GroupName> which) {
    return groups.stream()
        .filter(each -> which.test(each.group()))
        .mapToLong(ChunkUpkeep::lost)
        .sum();
  }

  /**
   * Gives the dead space of some groups back, whether or not there is much of it.
   *
   * @return the job; the caller closes it. Empty where {@link #JOBS_MAX} run already
   */
  public Optional<Job> compact(Predicate<GroupName> which) {
    List<ChunkUpkeep> chosen = groups.stream().filter(each -> which.test(each.group())).toList();
    CompactionRule rule = settings.compaction;
    return start(
        "compact-job",
        (stop, listener) -> {
          Compaction compaction =
              new Compaction(stop.rate(rule.bytesPerSecond()), stop, rule.room());
          for (ChunkUpkeep group : chosen) {
            listener.on(progress -> progress.at(group.group().text()));
            try {
              var _ = compaction.run(group, rule.deadShareMax(), listener);
            } catch (StoreClosed e) {
              throw e;
            } catch (IOException e) {
              failStop.halt("the compaction of " + group.group() + " failed", e);
              throw e;
            }
          }
        });
  }

  /** Where the scrub that goes on by itself is. */
  public ScrubState scrubState() {
    Scrubber running = scrubber;
    ScrubNote note = running == null ? ScrubNote.NONE : running.note();
    return new ScrubState(
        running != null,
        note.target(),
        note.startedMillis(),
        note.bytesDone(),
        targets.stream().mapToLong(Upkeep::bytesOf).sum(),
        note.found(),
        note.completedMillis());
  }

  private static long bytesOf(ScrubTarget target) {
    try {
      return target.bytes();
    } catch (IOException e) {
      return 0; // Closed for the moment.
    }
  }

  /** How each chunk group is; without those that are closed for the moment. */
  public Map<GroupName, Health> health() {
    Map<GroupName, Health> health = new TreeMap<>(Comparator.comparing(GroupName::text));
    for (ChunkUpkeep group : groups) {
      try {
        health.put(group.group(), group.health());
      } catch (IOException e) {
        log.debug("{} is closed", group.group(), e);
      }
    }
    return health;
  }

  /** Chunks that were put back since the start. */
  public long repaired() {
    return repairer.repaired();
  }

  /** Stops what goes on by itself, and waits for it. Jobs are their owners' to close. */
  @Override
  public void close() {
    compactor.close();
    repairer.close();
    if (scrubber != null) {
      scrubber.close();
    }
  }
}
