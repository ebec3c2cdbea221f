package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit;
import io.balsa.raftlog.LogAudit.Verdict;
import io.balsa.raftlog.LogEvidence;
import io.balsa.raftlog.LogReturn;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Quarantine;
import io.balsa.raftlog.RaftVote;
import io.balsa.raftlog.RejoinMark;
import io.balsa.raftlog.RolledSegments;
import io.balsa.raftlog.Watermark;
import io.balsa.replica.ConfigurationCopy;
import io.balsa.replica.FailStop;
import io.balsa.replica.GroupStateMachine;
import io.balsa.service.consensus.RatisNode;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the groups of a node, each when it is ready: its store prepared and opened, its log
 * compared with the watermark. A replica whose log lost something does not vote again: the log goes
 * to the quarantine, the store stays, since all that it applied is committed, and {@link Rejoin}
 * brings the replica back by way of the group's leader. The other groups do not wait for that.
 *
 * <p>{@link #open} is for one thread; a thread of its own for each group that takes long.
 */
final class GroupStarts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupStarts.class);

  private final DataFolder folder;
  private final Disk disk;
  private final RatisNode ratis;
  private final Function<GroupName, GroupStateMachine> machines;
  private final Parts parts;
  private final LogReturn returns;
  private final Map<GroupName, String> absences = new ConcurrentHashMap<>();
  private final List<Thread> background = new ArrayList<>();

  /**
   * What starting needs beside the folder and the server.
   *
   * @param watermark of this node
   * @param quarantine for damaged logs
   * @param asking leaders on other nodes
   * @param preparation before a group starts
   * @param failStop ends the process
   */
  record Parts(
      Watermark watermark,
      Quarantine quarantine,
      ReplicaChanges.Asking asking,
      GroupPreparation preparation,
      FailStop failStop) {}

  /** A step in the background. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  GroupStarts(
      DataFolder folder,
      Disk disk,
      RatisNode ratis,
      Function<GroupName, GroupStateMachine> machines,
      Parts parts) {
    this.folder = folder;
    this.disk = disk;
    this.ratis = ratis;
    this.machines = machines;
    this.parts = parts;
    this.returns = new LogReturn(disk, parts.watermark, parts.quarantine, ratis.selfPeerId());
  }

  /**
   * Opens groups, or has them on their way.
   *
   * @param used they were opened before; what is missing of them was lost
   * @throws IOException a folder cannot be used
   */
  void open(List<GroupName> groups, boolean used) throws IOException {
    if (!used) {
      // From here on a folder without a watermark is a loss.
      for (GroupName group : groups) {
        if (parts.watermark.mark(group).isEmpty()) {
          parts.watermark.set(group, Mark.START);
        }
      }
      parts.watermark.force();
    }
    for (GroupName group : groups) {
      if (parts.preparation.takesLong(group)) {
        absences.put(group, "its store is being prepared");
        inBackground(
            group,
            () -> {
              parts.preparation.prepare(group);
              absences.remove(group);
              start(group, used);
            });
      } else {
        prepare(group);
        start(group, used);
      }
    }
  }

  private void prepare(GroupName group) throws IOException {
    try {
      parts.preparation.prepare(group);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + group + " was prepared", e);
    }
  }

  private synchronized void inBackground(GroupName group, Step step) {
    background.add(
        Thread.ofPlatform()
            .daemon()
            .name("balsa-start-" + group)
            .start(
                () -> {
                  try {
                    step.run();
                  } catch (InterruptedException e) {
                    log.debug("the start of {} ends", group, e);
                  } catch (IOException | RuntimeException | Error e) {
                    parts.failStop.halt("the replica of " + group + " cannot be started", e);
                  }
                }));
  }

  private void start(GroupName group, boolean used) throws IOException {
    LogAudit.Store store = machines.apply(group).openAhead();
    Optional<RejoinMark> rejoin = returns.resume(replica(group));
    if (rejoin.isPresent() && rejoin.get().stage() == RejoinMark.Stage.REMOVE) {
      quarantine(group, rejoin.get());
      return;
    }
    LogAudit.Evidence evidence = evidence(group, used, store);
    if (ratis.founders().size() == 1 && voteAnew(group, evidence)) {
      evidence = evidence(group, used, store);
    }
    switch (LogAudit.of(evidence)) {
      case Verdict.Damaged(String reason) -> quarantine(group, RejoinMark.damaged(reason));
      case Verdict.Torn(Path file, long bytes, String what) -> {
        cut(group, file, bytes, what);
        openSound(group, rejoin, evidence);
      }
      case Verdict.Sound() -> openSound(group, rejoin, evidence);
      case Verdict.Fresh() -> ratis.open(group, RatisNode.Beginning.FOUNDING);
    }
  }

  private LogAudit.Evidence evidence(GroupName group, boolean used, LogAudit.Store store)
      throws IOException {
    return LogEvidence.of(disk, raft(group), used, parts.watermark.mark(group), store);
  }

  /**
   * Mends a vote that Ratis could not write. Only for the single voter of a group: it elects nobody
   * else, so it may forget for whom it voted, as long as its term does not go back.
   */
  private boolean voteAnew(GroupName group, LogAudit.Evidence evidence) throws IOException {
    Path current = raft(group).resolve("current");
    if (evidence.mark().isEmpty() || !RaftVote.isEmptied(disk, current)) {
      return false;
    }
    long term = Math.max(evidence.mark().get().term(), evidence.log().last().term());
    term = Math.max(term, evidence.store().applied().term()) + 1;
    new RaftVote(term, ratis.selfPeerId()).replace(disk, current);
    log.atWarn()
        .addKeyValue(LogKeys.GROUP, group)
        .addKeyValue(LogKeys.TERM, term)
        .log("the vote could not be written before; the only voter begins a new term");
    return true;
  }

  private Path raft(GroupName group) {
    return folder.raft().resolve(ratis.groupId(group));
  }

  private LogReturn.Replica replica(GroupName group) {
    return new LogReturn.Replica(group, raft(group), folder.rejoin(group));
  }

  private void cut(GroupName group, Path file, long bytes, String what) throws IOException {
    try (DiskFile segment = disk.open(file)) {
      segment.truncate(bytes);
      segment.sync();
    }
    log.atWarn()
        .addKeyValue(LogKeys.GROUP, group)
        .addKeyValue(LogKeys.FILE, file)
        .addKeyValue(LogKeys.BYTES, bytes)
        .log("cut a torn tail of the Raft log, behind the watermark: {}", what);
  }

  private void closeRolled(GroupName group) throws IOException {
    int closed = RolledSegments.close(disk, raft(group).resolve("current"));
    if (closed > 0) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue("segments", closed)
          .log("closed segments of the Raft log again: their names were lost, not their entries");
    }
  }

  /** A replica that is being taken in again knows nobody before the leader's first entry. */
  private void openSound(GroupName group, Optional<RejoinMark> rejoin, LogAudit.Evidence evidence)
      throws IOException {
    if (rejoin.isPresent() && isPastItsReturn(rejoin.get(), evidence)) {
      quarantine(group, RejoinMark.damaged(rejoin.get().reason()));
      return;
    }
    closeRolled(group);
    switch (ConfigurationCopy.mend(
        disk, raft(group), evidence.log(), evidence.store().applied().index())) {
      case SOUND -> {}
      case MENDED ->
          log.atWarn()
              .addKeyValue(LogKeys.GROUP, group)
              .log("the file of the configuration was damaged, and is mended by its copy");
      case DOUBTFUL -> {
        quarantine(group, RejoinMark.damaged("nothing tells whether its configuration is right"));
        return;
      }
    }
    machines.apply(group).forgetBehind(evidence.log().last().index());
    if (rejoin.isEmpty()) {
      ratis.open(group, RatisNode.Beginning.FOUNDING);
    } else {
      ratis.open(group, RatisNode.Beginning.ALONE);
      rejoin(group, rejoin.get());
    }
  }

  /**
   * True where a snapshot may have brought the store past the entry that took the replica in again.
   * Then nothing here says who the voters are, and the leader, which knows the replica as one, has
   * no reason to say it once more; so it is taken out once more.
   */
  private static boolean isPastItsReturn(RejoinMark mark, LogAudit.Evidence evidence) {
    long applied = evidence.store().applied().index();
    return applied > mark.removed().index() && applied >= evidence.log().last().index();
  }

  private void quarantine(GroupName group, RejoinMark mark) throws IOException {
    if (ratis.founders().size() == 1) {
      // Nobody could take it in again; the files stay for whoever can mend them.
      String reason = mark.reason() + "; it is the only replica: bring its files back";
      absences.put(group, reason);
      log.atError().addKeyValue(LogKeys.GROUP, group).log("the replica stays down: {}", reason);
      return;
    }
    returns.leave(replica(group), mark);
    log.atError()
        .addKeyValue(LogKeys.GROUP, group)
        .log(
            "the replica lost its Raft log and will not vote until the group's leader has taken it"
                + " in again: {}",
            mark.reason());
    rejoin(group, mark);
  }

  private void rejoin(GroupName group, RejoinMark mark) {
    absences.put(group, mark.reason());
    Rejoin rejoin =
        new Rejoin(group, ratis, parts.asking, why -> absences.put(group, mark.reason() + why));
    inBackground(group, () -> comeBack(group, mark, rejoin));
  }

  private void comeBack(GroupName group, RejoinMark found, Rejoin rejoin)
      throws IOException, InterruptedException {
    RejoinMark mark = found;
    if (mark.stage() == RejoinMark.Stage.REMOVE) {
      mark = returns.beginAnew(replica(group), mark, rejoin.beRemoved());
      machines.apply(group).forgetBehind(LogPosition.START.index());
      ratis.open(group, RatisNode.Beginning.ALONE);
    }
    rejoin.beAdded(mark.removed().index());
    returns.end(replica(group));
    absences.remove(group);
    log.atInfo().addKeyValue(LogKeys.GROUP, group).log("the replica is back as a voter");
  }

  /** Why a replica does not vote now; empty where it does. */
  Optional<String> absence(GroupName group) {
    return Optional.ofNullable(absences.get(group));
  }

  /** Ends what is on its way; the next start goes on. */
  @Override
  public synchronized void close() {
    background.forEach(Thread::interrupt);
    for (Thread thread : background) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
