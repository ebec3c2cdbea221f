package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one replica out of a group's configuration, or in again, on the group's leader. Each change
 * is Ratis' own joint consensus (Raft §6); only one is made at a time, and it may be asked for
 * again and again. Thread-safe.
 *
 * <p><b>Why a replica that lost its log may come back under its old peer id.</b> Let there be 2f+1
 * voters, and let it begin anew only after its removal was committed. That took f+1 of the other
 * 2f.
 *
 * <ul>
 *   <li><i>Entries.</i> What was committed with its help is on at least f of the others; the leader
 *       that removed it was elected by f+1 of them. The two sets meet, so that leader had every
 *       committed entry (Leader Completeness, §5.4.3), and the replica gets all of them back.
 *   <li><i>Old configurations.</i> A candidate that has not heard of the removal needs f of the
 *       others beside the empty replica. Only f−1 of them lack the removal; the others refuse it,
 *       since their logs are newer.
 *   <li><i>Votes.</i> Before it begins anew, it is given the leader's term of after the removal,
 *       and a vote for itself in it: so it votes in no term up to there a second time. In a later
 *       term it may have voted, and forgotten. Whoever wins such a term knows the removal, as
 *       above, and needs f+1 of the other 2f, or, where he knows of the return as well, f of them
 *       beside it. Two winners of one term would share one of the others, and those vote once.
 * </ul>
 *
 * <p>Ratis brings a new voter up to date before it changes the configuration; until then the
 * replica counts for nothing and does not vote. Its state at the leader is new, too, since the
 * removal dropped the old one: a leader that remembered how far the replica had been would never
 * send it what it lost (RATIS-2523).
 */
public final class ReplicaChanges {
  private static final Logger log = LoggerFactory.getLogger(ReplicaChanges.class);

  private final RatisNode ratis;

  /** A replica that answered so recently is there. */
  private final Duration silence;

  /** What is to be done with the replica. */
  public enum Change {
    /** Out of the configuration. */
    REMOVE,
    /** Into the configuration, as a voter. */
    ADD
  }

  /** Asks a member to make a change where it leads the group. */
  @FunctionalInterface
  public interface Asking {
    /**
     * Asks for a change of this node's own replica.
     *
     * @return as {@link ReplicaChanges#change}
     */
    Outcome<LogPosition> ask(Member leader, GroupName group, Change change, Duration timeout);
  }

  /**
   * Changes groups of this node.
   *
   * @param silence what takes longer to answer is taken for dead
   */
  public ReplicaChanges(RatisNode ratis, Duration silence) {
    this.ratis = ratis;
    this.silence = silence;
  }

  /**
   * Makes a change, if it is not made already.
   *
   * @param group led here, or else nothing is done
   * @param peer the replica's member
   * @return a committed entry of the leader's own term, behind the change, in a configuration that
   *     is as asked for; {@link Outcome.Unknown} where it cannot be made now, and why
   */
  public Outcome<LogPosition> change(Group group, Member peer, Change change, Duration timeout) {
    GroupName name = group.name();
    if (!ratis.isLeader(name)) {
      return new Outcome.NotLeader<>(ratis.leader(name));
    }
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    try {
      RaftServer.Division division = ratis.division(name);
      if (!isMade(division.getRaftConf(), peer, change)) {
        Optional<String> hindrance = hindrance(division, peer, change);
        if (hindrance.isPresent()) {
          return new Outcome.Unknown<>(hindrance.get());
        }
        make(division, name, peer, change, timeout);
      }
      Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
      Outcome<LogPosition> proof = group.confirm(left);
      return proof instanceof Outcome.Committed<LogPosition>
              && !isMade(division.getRaftConf(), peer, change)
          ? new Outcome.Unknown<>("the configuration changes again")
          : proof;
    } catch (IOException | ExecutionException | TimeoutException e) {
      return new Outcome.Unknown<>(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown<>("the node is stopping");
    }
  }

  private static boolean isMade(RaftConfiguration conf, Member peer, Change change) {
    boolean isIn = contains(conf.getCurrentPeers(), peer);
    return conf.getPreviousPeers().isEmpty() && isIn == (change == Change.ADD);
  }

  private static boolean contains(Collection<RaftPeer> peers, Member peer) {
    return peers.stream().anyMatch(one -> one.getId().toString().equals(peer.peerId()));
  }

  private Optional<String> hindrance(RaftServer.Division division, Member peer, Change change) {
    if (!division.getRaftConf().getPreviousPeers().isEmpty()) {
      return Optional.of("another change of the configuration is on its way");
    }
    return change == Change.REMOVE ? riskOfRemoval(division, peer) : Optional.empty();
  }

  private Optional<String> riskOfRemoval(RaftServer.Division division, Member peer) {
    if (peer.peerId().equals(ratis.selfPeerId())) {
      return Optional.of("it leads the group");
    }
    List<ServerRpcProto> followers =
        division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    int alive = 1;
    for (ServerRpcProto follower : followers) {
      boolean answers = follower.getLastRpcElapsedTimeMs() < silence.toMillis();
      boolean isPeer = follower.getId().getId().toStringUtf8().equals(peer.peerId());
      if (isPeer && answers) {
        return Optional.of("it answers still");
      }
      alive += answers && !isPeer ? 1 : 0;
    }
    int left = division.getRaftConf().getCurrentPeers().size() - 1;
    return alive > left / 2
        ? Optional.empty()
        : Optional.of("only " + alive + " of the other " + left + " replicas answer");
  }

  private void make(
      RaftServer.Division division, GroupName name, Member peer, Change change, Duration timeout)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    List<RaftPeer> current = List.copyOf(division.getRaftConf().getCurrentPeers());
    List<RaftPeer> next = new ArrayList<>(current);
    if (change == Change.ADD) {
      next.add(RatisNode.peerOf(peer));
    } else {
      next.removeIf(one -> one.getId().toString().equals(peer.peerId()));
    }
    log.atInfo()
        .addKeyValue(LogKeys.GROUP, name)
        .addKeyValue(LogKeys.NODE, peer.peerId())
        .log("the configuration changes: {}", change);
    RaftClientReply reply =
        ratis
            .server()
            .setConfigurationAsync(
                new SetConfigurationRequest(
                    ratis.clientId(),
                    ratis.server().getId(),
                    division.getGroup().getGroupId(),
                    ratis.newCallId(),
                    SetConfigurationRequest.Arguments.newBuilder()
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .setServersInCurrentConf(current)
                        .setListenersInCurrentConf(List.of())
                        .setServersInNewConf(next)
                        .setListenersInNewConf(List.of())
                        .build()))
            .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (!reply.isSuccess()) {
      throw new IOException(String.valueOf(reply.getException()));
    }
  }
}
