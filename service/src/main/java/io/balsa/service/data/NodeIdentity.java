package io.balsa.service.data;

import io.balsa.model.GroupName;
import io.balsa.service.consensus.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who a data folder belongs to. The peer id is made when the folder is first used and never changes
 * with it: a folder that was lost comes back as another peer, since a voter that forgot its votes
 * would break Raft (§5.2).
 *
 * @param nodeId the operator's name for the node
 * @param peerId the node id, a dot and 16 random hexadecimal digits
 * @param membership empty before the node is a member of a cluster
 */
public record NodeIdentity(String nodeId, String peerId, Optional<Membership> membership) {
  /**
   * What a member knows of its cluster.
   *
   * @param clusterId computed from the founding members and the number of groups
   * @param chunkGroups how many chunk groups
   * @param founders the founding members
   * @param groupsMade all Raft folders were made; from then on a missing one is a loss
   */
  public record Membership(
      String clusterId, int chunkGroups, List<Member> founders, boolean groupsMade) {
    /** Copies. */
    public Membership {
      founders = List.copyOf(founders);
    }

    /** The catalog and the chunk groups. */
    public List<GroupName> groups() {
      List<GroupName> names = new ArrayList<>(List.of(GroupName.CATALOG));
      for (int group = 1; group <= chunkGroups; group++) {
        names.add(GroupName.chunks(group));
      }
      return names;
    }

    /**
     * Peers find a member by the addresses that it was formed with.
     *
     * @param self the member as it is configured now
     * @throws IOException it is configured otherwise; the message says what to do
     */
    public void requireAddresses(Member self) throws IOException {
      for (Member founder : founders) {
        if (founder.peerId().equals(self.peerId()) && !founder.equals(self)) {
          throw new IOException(
              ("the cluster knows this node as %s and %s,"
                      + " the configuration says %s and %s: set them back")
                  .formatted(
                      founder.peerAddress(),
                      founder.clientAddress(),
                      self.peerAddress(),
                      self.clientAddress()));
        }
      }
    }
  }

  /** The same node as a member. */
  public NodeIdentity in(Membership joined) {
    return new NodeIdentity(nodeId, peerId, Optional.of(joined));
  }
}
