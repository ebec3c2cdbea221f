package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Mark;
import io.balsa.replica.FailStop;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.data.DataFolder;
import io.balsa.service.disk.DiskPulse;
import io.balsa.service.disk.DiskReport;
import io.balsa.service.disk.DiskSpace;
import io.balsa.service.disk.Reserve;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.neighbours.KeptMarks;
import io.balsa.service.neighbours.Neighbours;
import io.balsa.service.neighbours.SpaceGuard;
import io.balsa.service.observe.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks four times a second at the node's disk and, once it is a member, at its neighbours; keeps
 * the reserve, and what neighbours told. Two threads of its own, so that no look waits for a disk,
 * and the pulse's; thread-safe.
 */
final class NodeWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeWatch.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration END_MAX = Duration.ofSeconds(5);

  private final DataFolder folder;
  private final Disk disk;
  private final Health health;
  private final FailStop failStop;
  private final DiskSpace space;
  private final Reserve reserve;
  private final SpaceGuard guard = new SpaceGuard(System::nanoTime);
  private final Neighbours neighbours = new Neighbours(System::nanoTime);
  private final KeptMarks kept;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("balsa-watch").factory());
  private final ScheduledExecutorService keeps =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("balsa-kept").factory());
  private volatile @Nullable DiskPulse pulse;
  private volatile @Nullable MemberWatch member;

  /**
   * Looks once; {@link #start} goes on.
   *
   * @param disk the file system of the pulse and the reserve
   */
  NodeWatch(NodeConfig config, DataFolder folder, Disk disk, Health health, FailStop failStop)
      throws IOException {
    this.folder = folder;
    this.disk = disk;
    this.health = health;
    this.failStop = failStop;
    kept = new KeptMarks(Disk.real(), folder.neighbours());
    var bounds = config.disk();
    space =
        new DiskSpace(
            DiskSpace.Gauge.of(folder.root()),
            new DiskSpace.Bounds(
                bounds.refuseWritesBelowBytes(),
                bounds.handOverBelowBytes(),
                bounds.startNeedsBytes()));
    reserve = new Reserve(folder.reserve(), disk, bounds.reserveBytes(), space.room().totalBytes());
  }

  /** Begins to look. */
  void start() {
    var _ = looks.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    var _ = keeps.scheduleWithFixedDelay(this::keep, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Replicas are open: from now on the disk's speed and the neighbours are looked at, too. */
  void watch(MemberWatch opened) {
    pulse = new DiskPulse(folder.pulse(), disk, failStop);
    member = opened;
  }

  /** Takes another member's beat. */
  void heard(Beat beat) {
    neighbours.heard(beat);
    guard.told(beat.peerId(), beat.disk());
    try {
      kept.note(beat.peerId(), beat.logs());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is remembered of another member's logs. */
  Map<GroupName, Mark> remembered(String peerId) {
    try {
      return kept.of(peerId);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is remembered of all members' logs. */
  KeptMarks kept() {
    return kept;
  }

  /** What the neighbours told. */
  Neighbours neighbours() {
    return neighbours;
  }

  /** What this node and its neighbours have free. */
  SpaceGuard guard() {
    return guard;
  }

  /**
   * True where replicas have the space to open. Gives the reserve up where that is needed; where it
   * is not enough, health says so until it is.
   */
  boolean maySpaceStart() throws IOException {
    space.look();
    if (!space.isEnoughToStart()) {
      reserve.giveUp();
      space.look();
    }
    if (space.isEnoughToStart()) {
      health.clear(Health.Trouble.NO_SPACE_TO_START);
      return true;
    }
    var _ =
        health.note(
            Health.Trouble.NO_SPACE_TO_START,
            "%d bytes are free under %s, and replicas need %d to open: free some"
                .formatted(space.room().freeBytes(), folder.root(), space.startBytes()));
    return false;
  }

  /** What is free now, for a refusal. */
  DiskSpace space() {
    return space;
  }

  private void look() {
    try {
      space.look();
      DiskPulse probed = pulse;
      DiskReport own = space.report(probed == null ? Duration.ZERO : probed.median());
      guard.told(folder.identity().peerId(), own);
      noteLevel(own);
      keepReserve(own);
      MemberWatch watched = member;
      if (watched != null) {
        watched.look(own, System.nanoTime());
      }
    } catch (IOException e) {
      failStop.halt("cannot use the disk of " + folder.root(), e);
    } catch (RuntimeException e) {
      log.warn("the watch could not look", e);
    }
  }

  private void keep() {
    if (member == null) {
      return; // The disk may be full: nothing is written before replicas are open.
    }
    try {
      kept.keep();
    } catch (IOException e) {
      failStop.halt("cannot keep what neighbours told in " + folder.neighbours(), e);
    } catch (RuntimeException e) {
      log.warn("could not keep what neighbours told", e);
    }
  }

  private void noteLevel(DiskReport own) {
    if (own.level() == DiskReport.Level.ROOMY) {
      health.clear(Health.Trouble.DISK_LOW);
    } else {
      var _ =
          health.note(
              Health.Trouble.DISK_LOW,
              ("%d bytes are free under %s: changes that add data are refused below %d;"
                      + " delete data, or give the disk more space")
                  .formatted(own.freeBytes(), folder.root(), own.neededBytes()));
    }
  }

  /** Replicas that are open may need all there is, so it is made where there is plenty. */
  private void keepReserve(DiskReport own) {
    if (!reserve.isHeld() && own.freeBytes() > 2 * own.neededBytes() + reserve.bytes()) {
      try {
        reserve.make();
      } catch (IOException e) {
        log.warn("could not keep space back", e);
      }
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
    keeps.shutdown(); // An interrupt would close its files.
    end(looks);
    end(keeps);
    DiskPulse probed = pulse;
    if (probed != null) {
      probed.close();
    }
    try {
      kept.close();
    } catch (IOException e) {
      log.warn("could not close what is kept for neighbours", e);
    }
  }

  private static void end(ScheduledExecutorService stopped) {
    try {
      if (!stopped.awaitTermination(END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the watch does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
