package io.balsa.service.grpc;

import io.balsa.api.v1.NodeIdentity;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.service.consensus.Member;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Checks who is to form a cluster. */
final class FoundingMembers {
  private static final int CHUNK_GROUPS_UNSET = 3;
  private static final int CLUSTER_ID_LENGTH_MAX = 64;
  private static final Set<Integer> SIZES = Set.of(1, 3, 5);
  private static final Pattern NODE_ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern INCARNATION = Pattern.compile("[0-9a-f]{16}");
  private static final String PEER_ID_RULE = "the node id, a dot and 16 hexadecimal digits";
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(\\[[0-9A-Fa-f:.%_-]{2,253}]|[A-Za-z0-9][A-Za-z0-9._-]{0,252}):([0-9]{1,5})");
  private static final int PORT_MAX = 65_535;

  private FoundingMembers() {}

  static int chunkGroups(int given) {
    return given == 0
        ? CHUNK_GROUPS_UNSET
        : (int) Fields.number("chunk_groups", given, 1, Limits.CHUNK_GROUPS_MAX);
  }

  /**
   * The members of a request.
   *
   * @param self this node, which must be among them
   */
  static List<Member> check(List<NodeIdentity> given, Member self) {
    if (!SIZES.contains(given.size())) {
      throw new InvalidField("members", Integer.toString(given.size()), "1, 3 or 5 of them");
    }
    List<Member> members = given.stream().map(FoundingMembers::member).toList();
    requireDistinct(members, "members.node_id", Member::nodeId);
    requireDistinct(members, "members.peer_address", Member::peerAddress);
    requireDistinct(members, "members.client_address", Member::clientAddress);
    if (members.stream().noneMatch(self::equals)) {
      throw new InvalidField(
          "members", "others only", "this node among them, as GetIdentity tells it: " + self);
    }
    return members;
  }

  /** A Raft peer id. */
  static String peerId(String field, String given) {
    String nodeId = Member.nodeIdOf(given);
    if (given.length() == nodeId.length()
        || !NODE_ID.matcher(nodeId).matches()
        || !INCARNATION.matcher(given.substring(nodeId.length() + 1)).matches()) {
      throw new InvalidField(field, given, PEER_ID_RULE);
    }
    return given;
  }

  private static Member member(NodeIdentity given) {
    String nodeId = given.getNodeId();
    if (!NODE_ID.matcher(nodeId).matches()) {
      throw new InvalidField(
          "members.node_id",
          nodeId,
          "1 to 63 characters of a-z, 0-9 and '-', the first one a letter or digit");
    }
    String peerId = peerId("members.peer_id", given.getPeerId());
    if (!Member.nodeIdOf(peerId).equals(nodeId)) {
      throw new InvalidField("members.peer_id", peerId, PEER_ID_RULE);
    }
    Limits.require(
        "members.cluster_id length", given.getClusterId().length(), 0, CLUSTER_ID_LENGTH_MAX);
    return new Member(
        nodeId,
        peerId,
        address("members.peer_address", given.getPeerAddress()),
        address("members.client_address", given.getClientAddress()));
  }

  private static String address(String field, String given) {
    var parsed = ADDRESS.matcher(given);
    if (!parsed.matches()) {
      throw new InvalidField(field, given, "host:port, an IPv6 address in brackets");
    }
    int port = Integer.parseInt(parsed.group(2));
    if (port < 1 || port > PORT_MAX) {
      throw new InvalidField(field, given, "a port from 1 to " + PORT_MAX);
    }
    return given;
  }

  private static void requireDistinct(
      List<Member> members, String field, Function<Member, String> part) {
    Set<String> seen = new TreeSet<>();
    for (Member member : members) {
      if (!seen.add(part.apply(member))) {
        throw new InvalidField(field, part.apply(member), "a different one for each member");
      }
    }
  }
}
