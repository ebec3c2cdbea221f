package io.balsa.service.consensus;

import io.balsa.model.GroupName;

/**
 * This node's replica of a group is closed for the moment: the node starts or stops, or a snapshot
 * takes the replica's place. Nothing was read; ask another node, or this one again soon.
 */
public final class ReplicaClosed extends RuntimeException {
  /** Names the group. */
  public ReplicaClosed(GroupName group) {
    super("the replica of " + group + " is closed here");
  }
}
