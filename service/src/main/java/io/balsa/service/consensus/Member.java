package io.balsa.service.consensus;

/**
 * A node as the Raft configuration knows it.
 *
 * @param nodeId the operator's name for it
 * @param peerId the Raft peer id of its incarnation: the node id, a dot, and 16 hexadecimal digits
 * @param peerAddress host:port of its Raft server
 * @param clientAddress host:port of its gRPC front end
 */
public record Member(String nodeId, String peerId, String peerAddress, String clientAddress) {
  /** The node id inside a peer id. */
  public static String nodeIdOf(String peerId) {
    int dot = peerId.lastIndexOf('.');
    return dot < 0 ? peerId : peerId.substring(0, dot);
  }
}
