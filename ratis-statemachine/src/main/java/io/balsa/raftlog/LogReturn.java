package io.balsa.raftlog;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Takes a damaged log away and lets its replica begin anew: what must be durable, in its order.
 *
 * <pre>
 *   mark REMOVE                        from here on no start looks at this log
 *   move the log to the quarantine
 *     the leader takes the replica out
 *   lower the watermark                to a vote for itself in the leader's term
 *   mark ADD
 *   make a log of that vote alone
 *     the leader takes the replica in
 *   delete the mark
 * </pre>
 *
 * <p>Each step is durable before the next, and a start goes on behind the last one that was. One
 * thread for a replica at a time. docs/formats/watermark.md.
 */
public final class LogReturn {
  private final Disk disk;
  private final Watermark watermark;
  private final Quarantine quarantine;
  private final String peerId;

  /**
   * Where a replica's parts are.
   *
   * @param group whose
   * @param raft the group's Raft folder
   * @param mark the file of the mark
   */
  public record Replica(GroupName group, Path raft, Path mark) {}

  /** Touches nothing yet. */
  public LogReturn(Disk disk, Watermark watermark, Quarantine quarantine, String peerId) {
    this.disk = disk;
    this.watermark = watermark;
    this.quarantine = quarantine;
    this.peerId = peerId;
  }

  /**
   * How far a replica's return was; empty where it is not returning. Ends what a crash interrupted:
   * in {@link RejoinMark.Stage#ADD} the log may be opened, in {@link RejoinMark.Stage#REMOVE} it
   * must be taken away, once more if need be.
   */
  public Optional<RejoinMark> resume(Replica replica) throws IOException {
    Optional<RejoinMark> found = RejoinMark.read(disk, replica.mark);
    if (found.isPresent() && found.get().stage() == RejoinMark.Stage.ADD) {
      seedOnce(replica, found.get());
    }
    return found;
  }

  /** Takes a log away, if it is there; durable on return. */
  public void leave(Replica replica, RejoinMark mark) throws IOException {
    Path marks = replica.mark.toAbsolutePath().getParent();
    if (marks != null) {
      disk.createFolders(marks);
    }
    mark.write(disk, replica.mark);
    quarantine.take(replica.group, replica.raft);
  }

  /**
   * Makes a log that holds nothing but a vote in the term of the replica's removal, so that it
   * votes in no term up to there again; durable on return.
   *
   * @param removedAt an entry behind the removal, which is committed
   */
  public RejoinMark beginAnew(Replica replica, RejoinMark mark, LogPosition removedAt)
      throws IOException {
    RejoinMark removed = mark.removedAt(removedAt);
    // The old marks end before the new log begins; the other way round they would condemn it.
    watermark.set(replica.group, beginning(removed));
    watermark.force();
    removed.write(disk, replica.mark);
    seedOnce(replica, removed);
    return removed;
  }

  /** The replica is back; durable on return. */
  public void end(Replica replica) throws IOException {
    RejoinMark.delete(disk, replica.mark);
  }

  private Mark beginning(RejoinMark mark) {
    return new Mark(LogPosition.START, mark.removed().term(), peerId);
  }

  private void seedOnce(Replica replica, RejoinMark mark) throws IOException {
    Mark beginning = beginning(mark);
    if (disk.exists(replica.raft)) {
      // Whoever made it may have been killed before its name was durable.
      disk.syncName(replica.raft);
    } else if (watermark.mark(replica.group).filter(beginning::equals).isPresent()) {
      new RaftVote(beginning.term(), beginning.votedFor()).seed(disk, replica.raft);
    }
  }
}
