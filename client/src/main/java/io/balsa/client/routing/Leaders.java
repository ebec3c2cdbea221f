package io.balsa.client.routing;

import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.GroupRole;
import io.balsa.api.v1.GroupStatus;
import io.balsa.api.v1.NodeIdentity;
import io.balsa.client.model.Endpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the leader of each group is believed to be. Only ever a shortcut: a wrong belief costs a
 * forward, never correctness. Thread-safe.
 */
final class Leaders {
  /** Groups beyond this are ignored; a cluster has at most 65. */
  private static final int GROUPS_MAX = 256;

  private final Map<String, Claim> claims = new ConcurrentHashMap<>();

  // Node id to the address where that node has answered this client.
  private final Map<String, Endpoint> proven = new ConcurrentHashMap<>();

  private record Claim(Endpoint endpoint, long term) {}

  Optional<Endpoint> of(String group) {
    return Optional.ofNullable(claims.get(group)).map(Claim::endpoint);
  }

  /** A node said who leads in this term. An older term does not replace a newer one. */
  void claimed(String group, Endpoint endpoint, long term) {
    if (claims.size() < GROUPS_MAX || claims.containsKey(group)) {
      claims.merge(
          group,
          new Claim(endpoint, term),
          (known, heard) -> heard.term() >= known.term() ? heard : known);
    }
  }

  /** A node that is not the leader said who is, without a term. */
  void hinted(String group, Endpoint endpoint) {
    Claim known = claims.get(group);
    claimed(group, endpoint, known == null ? 0 : known.term());
  }

  /** The believed leader said that it is none. */
  void denied(String group, Endpoint endpoint) {
    claims.computeIfPresent(
        group, (name, known) -> known.endpoint().equals(endpoint) ? null : known);
  }

  /**
   * Takes in what a node told.
   *
   * @param from where it was asked; its own claims are believed to be there, since that address is
   *     known to work
   * @return the members' addresses by node id; those that answered this client before are those
   */
  Map<String, Endpoint> observe(Endpoint from, GetStatusResponse status) {
    if (proven.size() < Nodes.NODES_MAX) {
      proven.put(status.getIdentity().getNodeId(), from);
    }
    Map<String, Endpoint> addresses = new HashMap<>();
    for (NodeIdentity member : status.getMembersList()) {
      Optional.ofNullable(proven.get(member.getNodeId()))
          .or(() -> Endpoint.tryParse(member.getClientAddress()))
          .ifPresent(endpoint -> addresses.put(member.getNodeId(), endpoint));
    }
    for (GroupStatus group : status.getGroupsList()) {
      Endpoint leader =
          group.getRole() == GroupRole.GROUP_ROLE_LEADER
              ? from
              : addresses.get(group.getLeaderNodeId());
      if (leader != null) {
        claimed(group.getName(), leader, group.getTerm());
      }
    }
    return addresses;
  }
}
