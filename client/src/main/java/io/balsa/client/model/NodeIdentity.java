package io.balsa.client.model;

/**
 * Who a node is.
 *
 * @param nodeId the operator's name for it, unique in the cluster
 * @param peerId the Raft peer id of this incarnation
 * @param clusterId empty before it is a member of a cluster
 * @param peerAddress host:port where other nodes reach its Raft server
 * @param clientAddress host:port where clients reach it
 * @param version of its software; empty where it was told by another node
 */
public record NodeIdentity(
    String nodeId,
    String peerId,
    String clusterId,
    String peerAddress,
    String clientAddress,
    String version) {}
