package io.balsa.service.observe;

import io.balsa.model.GroupName;
import io.balsa.replica.FailStop;
import io.balsa.replica.GroupStateMachine;
import io.balsa.service.consensus.RatisNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the node four times a second. Ratis half-fails: a replica whose log or state machine
 * failed is closed while the process lives on, so a closed replica stops the node. And Ratis counts
 * entries before it flushes a store and purges its log, not bytes, so the watchdog asks for that
 * when a log grows large; and when it grows very large, it is purged even under a member that needs
 * it.
 *
 * <p>One thread of its own.
 */
public final class Watchdog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration BEAT = Duration.ofMillis(250);
  private static final int BEATS_A_LOG_LOOK = 4;
  private static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(30);

  /** How many times its bound a log may grow for members that install a snapshot. */
  private static final int HELD_LOGS_MAX = 4;

  private final RatisNode ratis;
  private final List<GroupStateMachine> replicas;
  private final Path raftFolder;
  private final long logBytesMax;
  private final FailStop failStop;
  private final Map<GroupName, Long> bytesAtSnapshot = new HashMap<>();
  private long beats;
  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("balsa-watchdog").factory());

  /**
   * Starts watching.
   *
   * @param replicas whose stores are asked whether they are sound
   * @param raftFolder the Ratis logs
   * @param logBytesMax a log that grew by so much since its last purge is purged
   */
  public Watchdog(
      RatisNode ratis,
      List<GroupStateMachine> replicas,
      Path raftFolder,
      long logBytesMax,
      FailStop failStop) {
    this.ratis = ratis;
    this.replicas = List.copyOf(replicas);
    this.raftFolder = raftFolder;
    this.logBytesMax = logBytesMax;
    this.failStop = failStop;
    var _ =
        beat.scheduleWithFixedDelay(
            this::look, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (GroupStateMachine replica : replicas) {
      try {
        replica.requireSound();
      } catch (IOException e) {
        failStop.halt("the store of " + replica.name() + " failed", e);
      }
    }
    try {
      if (!ratis.isAlive()) {
        failStop.halt("a Raft replica is closed", new IllegalStateException("closed by Ratis"));
      }
      if (++beats % BEATS_A_LOG_LOOK == 0) {
        for (GroupStateMachine replica : replicas) {
          boundLog(replica);
        }
      }
    } catch (IOException | RuntimeException e) {
      log.warn("the watchdog could not look", e);
    }
  }

  private void boundLog(GroupStateMachine replica) throws IOException {
    GroupName group = replica.name();
    long bytes = logBytes(group);
    if (bytes > HELD_LOGS_MAX * logBytesMax) {
      replica.giveUpLogHold();
    }
    long before = bytesAtSnapshot.getOrDefault(group, 0L);
    if (bytes < before) {
      bytesAtSnapshot.put(group, bytes);
    } else if (bytes - before > logBytesMax) {
      bytesAtSnapshot.put(group, bytes);
      ratis.requestSnapshot(group, SNAPSHOT_TIMEOUT);
    }
  }

  /** Bytes in a group's Raft folder. */
  public long logBytes(GroupName group) {
    try (Stream<Path> files =
        Files.list(raftFolder.resolve(ratis.groupId(group)).resolve("current"))) {
      return files.mapToLong(Watchdog::sizeOf).sum();
    } catch (IOException e) {
      return 0;
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // Purged or renamed meanwhile.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    beat.shutdownNow();
  }
}
