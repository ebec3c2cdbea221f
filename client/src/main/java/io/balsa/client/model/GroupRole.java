package io.balsa.client.model;

/** What a replica is in its group. */
public enum GroupRole {
  /** Leader and ready to serve. */
  LEADER,
  /** Follower. */
  FOLLOWER,
  /** Candidate, or a leader that is not ready yet. */
  CANDIDATE,
  /** Replicates, does not vote. */
  LISTENER,
  /** Not open: it waits for its store, or lost its log and is not taken in again yet. */
  ABSENT,
  /** Something that this SDK does not know. */
  OTHER
}
