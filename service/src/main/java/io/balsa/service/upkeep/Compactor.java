package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.replica.ChunkUpkeep;
import io.balsa.replica.FailStop;
import io.balsa.replica.StoreClosed;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives dead space back by itself, where there is enough of it to be worth the copying: all of a
 * group's wasteful packs when the group has much of it, packs that are mostly dead otherwise, and
 * damaged packs always. One thread of its own.
 */
final class Compactor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Compactor.class);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final List<ChunkUpkeep> groups;
  private final CompactionRule rule;
  private final FailStop failStop;
  private final StopSignal stop = new StopSignal();

  /** Groups whose dead space stays, and for which this was said. */
  private final Set<GroupName> waiting = new HashSet<>();

  private final Thread thread;

  Compactor(List<ChunkUpkeep> groups, CompactionRule rule, FailStop failStop) {
    this.groups = List.copyOf(groups);
    this.rule = rule;
    this.failStop = failStop;
    thread = Thread.ofPlatform().daemon().name("balsa-compact").start(this::run);
  }

  private void run() {
    Compaction compaction = new Compaction(stop.rate(rule.bytesPerSecond()), stop, rule.room());
    try {
      while (!stop.await(PAUSE)) {
        for (ChunkUpkeep group : groups) {
          compact(compaction, group);
        }
      }
    } catch (InterruptedException e) {
      log.debug("the compaction was interrupted", e);
    } catch (IOException | RuntimeException | Error e) {
      failStop.halt("the compaction of packs failed", e);
    }
  }

  private void compact(Compaction compaction, ChunkUpkeep group)
      throws IOException, InterruptedException {
    try {
      long deadBytes = group.deadBytes();
      double share = rule.deadShareMax(group.health(), deadBytes);
      boolean done = compaction.run(group, share, _ -> {});
      noteWaiting(group, share);
      long freed = deadBytes - group.deadBytes();
      if (done && freed > 0) {
        log.atInfo()
            .addKeyValue(LogKeys.GROUP, group.group())
            .addKeyValue(LogKeys.BYTES, freed)
            .log("dead space was given back");
      }
    } catch (StoreClosed e) {
      log.atDebug().addKeyValue(LogKeys.GROUP, group.group()).log("nothing to compact for now");
    }
  }

  private void noteWaiting(ChunkUpkeep group, double share) throws IOException {
    if (group.wasteful(share).isEmpty()) {
      waiting.remove(group.group());
    } else if (waiting.add(group.group())) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, group.group())
          .log(
              "dead space stays for now: the disk has no room to copy what lives beside it, or a"
                  + " snapshot needs it");
    }
  }

  @Override
  public void close() {
    stop.stop(thread);
  }
}
