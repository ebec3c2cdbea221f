package io.balsa.service.consensus;

import java.util.Optional;
import org.apache.ratis.server.DivisionInfo;

/**
 * How far a replica is.
 *
 * @param role what it is in its group
 * @param leader as known here
 * @param term current
 * @param commitIndex as known here
 * @param appliedIndex applied here
 * @param snapshotIndex of the newest flush; -1 for none
 */
public record ReplicaProgress(
    Role role,
    Optional<Member> leader,
    long term,
    long commitIndex,
    long appliedIndex,
    long snapshotIndex) {
  /** What a replica is in its group. */
  public enum Role {
    /** Leader, with everything of earlier terms applied. */
    LEADER,
    /** Follower. */
    FOLLOWER,
    /** Candidate, or a leader that is not ready yet. */
    CANDIDATE,
    /** Replicates, does not vote. */
    LISTENER,
    /** Not open: it waits for its store, or lost its log and is not taken in again yet. */
    ABSENT;

    static Role of(DivisionInfo info) {
      if (info.isLeader() && info.isLeaderReady()) {
        return LEADER;
      }
      if (info.isListener()) {
        return LISTENER;
      }
      return info.isFollower() ? FOLLOWER : CANDIDATE;
    }
  }
}
