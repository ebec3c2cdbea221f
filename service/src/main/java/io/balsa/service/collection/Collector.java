package io.balsa.service.collection;

import io.balsa.replica.FailStop;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.ChunkGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds of collection while this node leads the catalog: by itself with a pause in between,
 * and when it is asked to. One round at a time. Thread-safe.
 */
public final class Collector implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);

  /** How often a node looks whether it leads. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final CollectionRound.Ground ground;
  private final CollectionPolicy policy;
  private final FailStop failStop;
  private final ReentrantLock round = new ReentrantLock();
  private @Nullable Thread thread;

  /**
   * Makes a collector that does nothing by itself.
   *
   * @param chunks all chunk groups
   */
  public Collector(
      CatalogGroup catalog,
      List<ChunkGroup> chunks,
      ChunkRemoval removal,
      CollectionPolicy policy,
      FailStop failStop) {
    this.ground = new CollectionRound.Ground(catalog, chunks, removal);
    this.policy = policy;
    this.failStop = failStop;
  }

  /**
   * Starts to run rounds by itself.
   *
   * @param pause between two rounds
   */
  public void start(Duration pause) {
    thread = Thread.ofPlatform().daemon().name("balsa-collector").start(() -> run(pause));
  }

  private void run(Duration pause) {
    try {
      while (true) {
        Duration next = LOOK;
        if (ground.catalog().isLeader()) {
          next = collectQuietly() ? pause : LOOK;
        }
        TimeUnit.NANOSECONDS.sleep(next.toNanos());
      }
    } catch (InterruptedException e) {
      log.debug("the collector ends", e);
    } catch (RuntimeException | Error e) {
      failStop.halt("space cannot be freed", e);
    }
  }

  private boolean collectQuietly() throws InterruptedException {
    try {
      RoundProgress done = collect(false, _ -> {});
      if (done.rowsSwept() + done.chunksCondemned() + done.chunksRemoved() > 0) {
        log.atInfo()
            .addKeyValue("floor", done.floor())
            .addKeyValue("rows_swept", done.rowsSwept())
            .addKeyValue("chunks_condemned", done.chunksCondemned())
            .addKeyValue("chunks_removed", done.chunksRemoved())
            .log("collected");
      }
      return true;
    } catch (RoundStopped e) {
      log.debug("a round of collection stopped", e);
      return false;
    }
  }

  /**
   * Runs a round, after the one that is under way.
   *
   * @param now true: whatever retention and grace say
   * @param listener hears of progress, on this thread
   * @return what it came to
   * @throws RoundStopped this node does not lead the catalog, or something did not answer in time
   */
  public RoundProgress collect(boolean now, Consumer<RoundProgress> listener)
      throws RoundStopped, InterruptedException {
    round.lockInterruptibly();
    try {
      return new CollectionRound(ground, now ? policy.now() : policy, listener).run();
    } finally {
      round.unlock();
    }
  }

  /** Stops running rounds by itself. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
