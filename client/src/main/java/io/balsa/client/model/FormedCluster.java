package io.balsa.client.model;

import java.util.List;

/**
 * A cluster that serves.
 *
 * @param clusterId its id, computed from its members
 * @param members who founded it
 * @param chunkGroups how many chunk groups it has
 */
public record FormedCluster(String clusterId, List<NodeIdentity> members, int chunkGroups) {
  /** Takes a copy. */
  public FormedCluster {
    members = List.copyOf(members);
  }
}
