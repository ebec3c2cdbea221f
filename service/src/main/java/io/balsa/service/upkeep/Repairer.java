package io.balsa.service.upkeep;

import io.balsa.chunk.CorruptChunk;
import io.balsa.model.ChunkId;
import io.balsa.model.LogKeys;
import io.balsa.replica.ChunkUpkeep;
import io.balsa.replica.FailStop;
import io.balsa.replica.StoreClosed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets chunks that are lost here from other members, one after the other, for as long as any are.
 * Where no member gives one, it is tried again later. One thread of its own.
 */
final class Repairer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Repairer.class);

  /** How soon a chunk that was found to be lost is looked for. */
  private static final Duration PAUSE_MIN = Duration.ofMillis(100);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
  private static final int AT_ONCE_MAX = 256;

  private final List<ChunkUpkeep> groups;
  private final FailStop failStop;
  private final StopSignal stop = new StopSignal();
  private final AtomicLong repaired = new AtomicLong();
  private final Thread thread;

  Repairer(List<ChunkUpkeep> groups, FailStop failStop) {
    this.groups = List.copyOf(groups);
    this.failStop = failStop;
    thread = Thread.ofPlatform().daemon().name("balsa-repair").start(this::run);
  }

  /** Chunks that were put back since the start. */
  long repaired() {
    return repaired.get();
  }

  private void run() {
    Duration pause = PAUSE_MIN;
    try {
      while (!stop.await(pause)) {
        boolean failed = false;
        for (ChunkUpkeep group : groups) {
          failed |= group.lost() > 0 && !repair(group);
        }
        Duration longer = pause.multipliedBy(2);
        pause = !failed ? PAUSE_MIN : longer.compareTo(PAUSE_MAX) < 0 ? longer : PAUSE_MAX;
      }
    } catch (InterruptedException e) {
      log.debug("the repair was interrupted", e);
    } catch (IOException | RuntimeException | Error e) {
      failStop.halt("the repair of lost chunks failed", e);
    }
  }

  /** Goes over all lost chunks of a group once; false if some stay lost. */
  private boolean repair(ChunkUpkeep group) throws IOException, InterruptedException {
    boolean all = true;
    try {
      List<ChunkId> lost = group.lost(Optional.empty(), AT_ONCE_MAX);
      while (!lost.isEmpty()) {
        for (ChunkId id : lost) {
          if (stop.isStopped()) {
            return false;
          }
          all &= repair(group, id);
        }
        lost = group.lost(Optional.of(lost.getLast()), AT_ONCE_MAX);
      }
      return all;
    } catch (StoreClosed e) {
      return false;
    }
  }

  private boolean repair(ChunkUpkeep group, ChunkId id) throws IOException, InterruptedException {
    ByteBuffer bytes;
    try {
      bytes = group.fetch(id);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, group.group())
          .addKeyValue(LogKeys.CHUNK, id)
          .setCause(e)
          .log("a lost chunk could not be got from others yet");
      return false;
    }
    try {
      if (group.restore(id, bytes)) {
        var _ = repaired.incrementAndGet();
        log.atInfo()
            .addKeyValue(LogKeys.GROUP, group.group())
            .addKeyValue(LogKeys.CHUNK, id)
            .log("a lost chunk is back");
      }
      return true;
    } catch (CorruptChunk e) {
      log.atError()
          .addKeyValue(LogKeys.GROUP, group.group())
          .addKeyValue(LogKeys.CHUNK, id)
          .setCause(e)
          .log("a lost chunk is not what its row says");
      return false;
    }
  }

  @Override
  public void close() {
    stop.stop(thread);
  }
}
