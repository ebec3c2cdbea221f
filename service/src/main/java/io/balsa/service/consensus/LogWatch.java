package io.balsa.service.consensus;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Watermark;
import io.balsa.replica.ConfigurationCopy;
import io.balsa.replica.FailStop;
import io.balsa.replica.TruncationWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's watermark: looks at every open group on a beat, off the path of any write, and
 * notes what its log has forced and its vote file holds. Written on every beat where something
 * changed, so that it survives the process; forced on every second one, and at once where a vote
 * changed.
 *
 * <p>It also keeps the copies of the groups' configurations, {@link ConfigurationCopy}, and stops
 * the node where Ratis could not write a vote, {@link VoteFileWatch}.
 *
 * <p>A watermark must never be ahead of the files. So what it says was durable before it is
 * written, the vote file's name too; and before a log is cut it is lowered, durably.
 *
 * <p>One thread of its own; {@link #beforeTruncation} comes on Ratis' threads.
 */
public final class LogWatch implements TruncationWatch, AutoCloseable {
  /** The time in which a process that dies may leave what is not in the watermark. */
  private static final Duration BEAT = Duration.ofMillis(50);

  /** The same for a machine that loses power. */
  private static final Duration FORCE_EVERY = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(LogWatch.class);

  private final Watermark watermark;
  private final Disk disk;
  private final FailStop failStop;
  private final VoteFileWatch votes;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable RatisNode ratis;
  private @Nullable Thread thread;

  /** Where logs are cut, until entries behind the cut are committed. */
  @GuardedBy("this")
  private final Map<GroupName, Long> cuts = new HashMap<>();

  @GuardedBy("this")
  private long truncations;

  /** What cannot be taken back: never lowered. */
  private final Map<GroupName, Mark> settled = new ConcurrentHashMap<>();

  private final Set<GroupName> votesSeen = new HashSet<>();

  /** The entries of the configurations that are copied. */
  private final Map<GroupName, Long> configurations = new HashMap<>();

  private long forcedNanos = System.nanoTime();

  /**
   * What one look found.
   *
   * @param flushed what is forced
   * @param settled what is forced and committed, as known here
   * @param committed index of what is committed, as known here
   * @param vote term and vote
   * @param truncations how often any log had been cut before the look
   */
  private record Sight(
      LogPosition flushed,
      LogPosition settled,
      long committed,
      RaftStorageMetadata vote,
      long truncations) {}

  /** Watches nothing yet. */
  public LogWatch(Watermark watermark, Disk disk, FailStop failStop) {
    this.watermark = watermark;
    this.disk = disk;
    this.failStop = failStop;
    votes = new VoteFileWatch(disk);
  }

  /** Starts the beat. */
  public void start(RatisNode watched) {
    ratis = watched;
    thread = Thread.ofPlatform().daemon().name("balsa-watermark").start(() -> run(watched));
  }

  private void run(RatisNode watched) {
    try {
      while (!stopped.await(BEAT.toNanos(), TimeUnit.NANOSECONDS)) {
        beat(watched);
      }
    } catch (InterruptedException e) {
      log.debug("the watermark's beat ends", e);
    } catch (IOException | RuntimeException | Error e) {
      failStop.halt("the watermark cannot be written", e);
    }
  }

  private void beat(RatisNode watched) throws IOException {
    boolean voted = false;
    for (GroupName group : watched.groups()) {
      if (watched.isOpen(group)) {
        voted |= look(watched.division(group), group);
      }
    }
    long now = System.nanoTime();
    if (voted || now - forcedNanos >= FORCE_EVERY.toNanos()) {
      watermark.force();
      forcedNanos = now;
    } else {
      watermark.write();
    }
  }

  /** Notes a group; true where its vote changed. */
  private boolean look(RaftServer.Division division, GroupName group) throws IOException {
    if (!division.getInfo().isAlive()) {
      return false;
    }
    requireVoteWritten(division, group);
    // Ratis' log takes its own locks, and calls us under them: look first, lock then.
    Sight sight = sight(division);
    Mark before = watermark.mark(group).orElse(Mark.START);
    String votedFor = sight.vote.getVotedFor().toString();
    boolean voted = sight.vote.getTerm() != before.term() || !votedFor.equals(before.votedFor());
    if (voted || votesSeen.add(group)) {
      // Ratis renames the vote file into place and forces no name.
      Path current = division.getRaftStorage().getStorageDir().getCurrentDir().toPath();
      disk.syncFolder(current);
    }
    note(group, sight);
    settled.merge(group, new Mark(sight.settled, sight.vote.getTerm(), votedFor), Mark::with);
    copyConfiguration(division, group);
    return voted;
  }

  private void requireVoteWritten(RaftServer.Division division, GroupName group)
      throws IOException {
    Optional<String> unwritten = votes.look(division);
    if (unwritten.isPresent()) {
      IOException why = new IOException(unwritten.get());
      failStop.halt("the vote of " + group + " cannot be written", why);
      throw why;
    }
  }

  private void copyConfiguration(RaftServer.Division division, GroupName group) throws IOException {
    RaftConfiguration inUse = division.getRaftConf();
    long index = inUse.getLogEntryIndex();
    if (index >= 0 && configurations.getOrDefault(group, -1L) != index) {
      Path folder = division.getRaftStorage().getStorageDir().getRoot().toPath();
      if (ConfigurationCopy.keep(disk, folder, inUse)) {
        configurations.put(group, index);
      }
    }
  }

  private synchronized long truncations() {
    return truncations;
  }

  private Sight sight(RaftServer.Division division) throws IOException {
    long before = truncations();
    RaftStorageMetadata vote = division.getRaftStorage().getMetadataFile().getMetadata();
    RaftLog raftLog = division.getRaftLog();
    long committed = raftLog.getLastCommittedIndex();
    long flushed = raftLog.getFlushIndex();
    return new Sight(
        position(raftLog, flushed),
        position(raftLog, Math.min(flushed, committed)),
        committed,
        vote,
        before);
  }

  private static LogPosition position(RaftLog raftLog, long index) {
    @Nullable TermIndex entry = index < 0 ? null : raftLog.getTermIndex(index);
    return new LogPosition(entry == null ? 0 : entry.getTerm(), Math.max(-1, index));
  }

  private synchronized void note(GroupName group, Sight sight) {
    if (sight.truncations != truncations) {
      return;
    }
    Mark before = watermark.mark(group).orElse(Mark.START);
    LogPosition flushed = sight.flushed;
    @Nullable Long cut = cuts.get(group);
    if (cut != null && sight.committed >= cut) {
      // What is committed behind the cut came behind the truncation in the log's queue.
      cuts.remove(group);
    } else if (cut != null && flushed.index() >= cut) {
      // Ratis tells the old end until it has cut.
      flushed = before.flushed();
    }
    boolean older =
        flushed.index() < before.flushed().index()
            || (flushed.index() == before.flushed().index() && flushed.term() == 0);
    watermark.set(
        group,
        new Mark(
            older ? before.flushed() : flushed,
            sight.vote.getTerm(),
            sight.vote.getVotedFor().toString()));
  }

  @Override
  public synchronized void beforeTruncation(GroupName group, long index) throws IOException {
    truncations++;
    cuts.put(group, index);
    Mark mark = watermark.mark(group).orElse(Mark.START);
    if (mark.flushed().index() >= index) {
      watermark.set(group, mark.cutTo(index - 1));
      watermark.force();
    }
  }

  /** For each group: what its log holds for good, for others to remember. */
  public Map<GroupName, Mark> settled() {
    return Map.copyOf(settled);
  }

  /** Ends the beat after a last look; the logs are open still. */
  @Override
  public void close() throws IOException {
    if (ratis == null || thread == null) {
      return;
    }
    // No interrupt: it would close the file.
    stopped.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    beat(ratis);
    watermark.force();
  }
}
