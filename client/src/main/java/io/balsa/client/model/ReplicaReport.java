package io.balsa.client.model;

/**
 * One replica on a node.
 *
 * @param group "catalog" or "chunks-&lt;n&gt;"
 * @param groupId the Raft group id
 * @param role what this replica is
 * @param leaderNodeId node id of the leader; empty where none is known
 * @param position where its log and state are
 * @param digest order-independent digest of the state at {@code digestIndex}, as hexadecimal
 *     digits; empty where there is none
 * @param digestIndex the applied index that the digest belongs to
 * @param volume how much it holds
 * @param absence why it does not vote now, one line; empty where it does
 */
public record ReplicaReport(
    String group,
    String groupId,
    GroupRole role,
    String leaderNodeId,
    Position position,
    String digest,
    long digestIndex,
    Volume volume,
    String absence) {
  /**
   * Where a replica is.
   *
   * @param term current term
   * @param commitIndex as known here
   * @param appliedIndex applied here
   * @param snapshotIndex of the newest snapshot here
   */
  public record Position(long term, long commitIndex, long appliedIndex, long snapshotIndex) {}

  /**
   * How much a replica holds.
   *
   * @param logBytes bytes in the group's Raft log folder
   * @param chunks chunks stored by a chunk group's replica
   * @param chunkBytes bytes of those
   */
  public record Volume(long logBytes, long chunks, long chunkBytes) {}
}
