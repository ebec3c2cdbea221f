package io.balsa.service.consensus;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Lets peers speak only to replicas that are open. To a replica that Ratis 3.3.0 is opening they
 * can speak already, and it fails to open then, half: "previous != null", with its log and its lock
 * held, so that only a new process can try again. Behind the gate such a replica looks like one
 * that is not here yet, and leaders ask again.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
interface PeerGate {
  /** True where a group's replica has been opened. */
  boolean isOpen(RaftGroupId group);

  /** What Ratis' transport calls in the place of a server. */
  default RaftServer before(RaftServer server) {
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (_, method, arguments) -> pass(server, method, arguments));
  }

  private @Nullable Object pass(RaftServer server, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (arguments != null && arguments.length == 1) {
      Optional<RaftGroupId> closed =
          fromPeer(arguments[0])
              .map(request -> ProtoUtils.toRaftGroupId(request.getRaftGroupId()))
              .filter(group -> !isOpen(group));
      if (closed.isPresent()) {
        GroupMismatchException refusal =
            new GroupMismatchException(server.getId() + ": " + closed.get() + " is not open");
        if (method.getReturnType() == CompletableFuture.class) {
          // As the server itself answers for a group that it does not have.
          Object refused = CompletableFuture.failedFuture(refusal);
          return refused;
        }
        throw refusal;
      }
    }
    try {
      return method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static Optional<RaftRpcRequestProto> fromPeer(@Nullable Object request) {
    return switch (request) {
      case AppendEntriesRequestProto append -> Optional.of(append.getServerRequest());
      case RequestVoteRequestProto vote -> Optional.of(vote.getServerRequest());
      case InstallSnapshotRequestProto install -> Optional.of(install.getServerRequest());
      case StartLeaderElectionRequestProto start -> Optional.of(start.getServerRequest());
      case ReadIndexRequestProto read -> Optional.of(read.getServerRequest());
      case null, default -> Optional.empty();
    };
  }
}
