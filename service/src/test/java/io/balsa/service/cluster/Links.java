package io.balsa.service.cluster;

import io.balsa.service.consensus.Member;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.util.CodeInjectionForTesting;

/**
 * The links between nodes of this process, which a test can cut in both directions: Ratis' votes,
 * appends and calls to install a snapshot are refused where they arrive, calls between front ends
 * where they start. Clients still reach every node. Thread-safe.
 */
final class Links {
  /** Nodes that are cut off from all others. */
  private static final Set<String> ISOLATED = ConcurrentHashMap.newKeySet();

  private final Map<String, String> nodeOfAddress = new ConcurrentHashMap<>();

  static {
    for (String point :
        new String[] {
          "RaftServerImpl.requestVote",
          "RaftServerImpl.appendEntries",
          "RaftServerImpl.installSnapshot",
          "RaftServerImpl.startLeaderElection"
        }) {
      CodeInjectionForTesting.put(point, (local, remote, arguments) -> refuse(local, remote));
    }
  }

  private static boolean refuse(Object local, Object remote) {
    if (isCut(Member.nodeIdOf(local.toString()), Member.nodeIdOf(String.valueOf(remote)))) {
      throw new IllegalStateException("the link is cut");
    }
    return false;
  }

  private static boolean isCut(String one, String other) {
    return !one.equals(other) && (ISOLATED.contains(one) || ISOLATED.contains(other));
  }

  void know(String nodeId, String clientAddress) {
    nodeOfAddress.put(clientAddress, nodeId);
  }

  void isolate(String nodeId) {
    ISOLATED.add(nodeId);
  }

  boolean isIsolated(String nodeId) {
    return ISOLATED.contains(nodeId);
  }

  void heal() {
    ISOLATED.clear();
  }

  /** Cuts calls of one node's front end to the others'. */
  ClientInterceptor of(String nodeId) {
    return new ClientInterceptor() {
      @Override
      public <Q, R> ClientCall<Q, R> interceptCall(
          MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        String target = nodeOfAddress.getOrDefault(next.authority(), nodeId);
        return isCut(nodeId, target) ? new CutCall<>() : next.newCall(method, options);
      }
    };
  }

  /** A call that meets a dead link. */
  private static final class CutCall<Q, R> extends ClientCall<Q, R> {
    @Override
    public void start(Listener<R> listener, Metadata headers) {
      listener.onClose(Status.UNAVAILABLE.withDescription("the link is cut"), new Metadata());
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }
}
