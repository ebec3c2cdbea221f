package io.balsa.service.consensus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Answers of a follower whose log does not hold an entry that its snapshot covers, as after a store
 * was rebuilt past the log's end. Ratis 3.3.0 says where such a follower goes on only in answer to
 * entries. A heartbeat it answers with the index of the missing entry, and a leader that knows that
 * the follower had this entry once sends the same heartbeat again. Where a follower was away for a
 * while the leader pauses after each of these answers for longer than heartbeats are apart, so that
 * it never sends an entry, and the follower stays behind for ever.
 *
 * <p>Here a heartbeat is answered as entries are: behind the snapshot. All that a snapshot covers
 * is committed, so a leader of the follower's term has it, too (Raft §5.4).
 *
 * <p>Thread-safe.
 */
final class JoiningAnswers {
  private final RaftServer server;

  private JoiningAnswers(RaftServer server) {
    this.server = server;
  }

  /** What Ratis' transport calls in the place of a server. */
  static RaftServer of(RaftServer server) {
    JoiningAnswers answers = new JoiningAnswers(server);
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (_, method, arguments) -> answers.invoke(method, arguments));
  }

  private @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
    Object result;
    try {
      result = method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    if (result instanceof CompletableFuture<?> answer
        && arguments != null
        && arguments[0] instanceof AppendEntriesRequestProto request) {
      Object joining = answer.thenApply(reply -> joining((AppendEntriesReplyProto) reply, request));
      return joining;
    }
    return result;
  }

  private AppendEntriesReplyProto joining(
      AppendEntriesReplyProto reply, AppendEntriesRequestProto request) {
    if (reply.getResult() != AppendResult.INCONSISTENCY) {
      return reply;
    }
    SnapshotInfo snapshot =
        snapshot(ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
    if (snapshot == null || reply.getNextIndex() > snapshot.getIndex()) {
      return reply;
    }
    return reply.toBuilder().setNextIndex(snapshot.getIndex() + 1).build();
  }

  private @Nullable SnapshotInfo snapshot(RaftGroupId group) {
    try {
      return server.getDivision(group).getStateMachine().getLatestSnapshot();
    } catch (IOException e) {
      throw new UncheckedIOException("the replica of " + group + " is gone", e);
    }
  }
}
