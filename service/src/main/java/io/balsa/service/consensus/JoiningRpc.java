package io.balsa.service.consensus;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/**
 * Ratis' gRPC transport, with an appender that lets a follower join a log which begins right behind
 * the follower's snapshot, and with a follower's {@link JoiningAnswers}.
 *
 * <p>In Ratis 3.3.0 a leader that has purged the entry in front of a follower's next one asks the
 * follower to install a snapshot, learns that the follower has it already, and asks again, for
 * ever. That is no rare case: a leader's death ends a term, and a log segment with it, so a purge
 * of that segment leaves the dead leader exactly there. The entry in front is not needed: the
 * follower has said that its snapshot covers it, so it is committed, and both have the same log up
 * to it.
 *
 * <p>And peers reach only replicas that are open, {@link PeerGate}.
 *
 * <p>Ratis makes this class by its name. No state.
 */
public final class JoiningRpc implements RpcType {
  /** For Ratis. */
  public JoiningRpc() {}

  @Override
  public String name() {
    return JoiningRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  /** What a server must be made with. */
  static Parameters behind(PeerGate gate) {
    Parameters parameters = new Parameters();
    parameters.put(PeerGate.class.getName(), gate, PeerGate.class);
    return parameters;
  }

  private static final class Factory extends GrpcFactory {
    private final @Nullable PeerGate gate;

    Factory(Parameters parameters) {
      super(parameters);
      gate = parameters == null ? null : parameters.get(PeerGate.class.getName(), PeerGate.class);
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      RaftServer joining = JoiningAnswers.of(server);
      return super.newRaftServerRpc(gate == null ? joining : gate.before(joining));
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      return new Appender(server, state, follower);
    }
  }

  private static final class Appender extends GrpcLogAppender {
    /** Ratis asks a follower a thousand times a second whether its install has ended. */
    private static final long ASK_MILLIS = 20;

    Appender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      super(server, state, follower);
    }

    @Override
    public boolean shouldInstallSnapshot(boolean hasSnapshot) {
      return !joins() && super.shouldInstallSnapshot(hasSnapshot);
    }

    private boolean joins() {
      long next = getFollower().getNextIndex();
      return next == getRaftLog().getStartIndex() && next == getFollower().getSnapshotIndex() + 1;
    }

    @Override
    public @Nullable TermIndex shouldNotifyToInstallSnapshot() {
      TermIndex firstAvailable = super.shouldNotifyToInstallSnapshot();
      if (firstAvailable != null) {
        // On the appender's own thread, which has nothing else for this follower now but
        // heartbeats, and those are further apart.
        try {
          TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return firstAvailable;
    }
  }
}
