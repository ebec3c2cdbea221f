package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.replica.GroupStateMachine;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's Ratis server: one server, several groups. Turns names into Ratis' ids and requests;
 * decides nothing. Thread-safe.
 */
public final class RatisNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RatisNode.class);
  private static final Duration SERVER_CLOSE_MAX = Duration.ofSeconds(2);

  private final RaftServer server;
  private final Map<GroupName, RaftGroupId> groups;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  private RatisNode(RaftServer server, Map<GroupName, RaftGroupId> groups) {
    this.server = server;
    this.groups = groups;
  }

  /**
   * What a node must know to take part in its cluster.
   *
   * @param clusterId the cluster's id
   * @param self this node
   * @param members the founding members with this node among them; used for groups that have no
   *     folder yet
   * @param groups all groups of which this node holds a replica
   */
  public record Membership(
      String clusterId, Member self, List<Member> members, List<GroupName> groups) {
    /** Copies. */
    public Membership {
      members = List.copyOf(members);
      groups = List.copyOf(groups);
    }

    /** A group's Raft id, which is also its folder's name. */
    public String groupId(GroupName name) {
      return GroupIds.of(clusterId, name).getUuid().toString();
    }
  }

  /**
   * Starts the server with all groups: those whose folders it finds as they were left, the others
   * new with the founding members.
   *
   * @param stateMachines makes a group's state machine
   * @throws IOException the port is taken, a folder cannot be used, or a log is corrupt
   */
  public static RatisNode start(
      RaftSettings settings,
      Membership membership,
      Function<GroupName, ? extends GroupStateMachine> stateMachines)
      throws IOException {
    Map<GroupName, RaftGroupId> ids = new HashMap<>();
    Map<RaftGroupId, GroupName> names = new HashMap<>();
    for (GroupName name : membership.groups) {
      RaftGroupId id = GroupIds.of(membership.clusterId, name);
      ids.put(name, id);
      names.put(id, name);
    }
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(membership.self.peerId()))
            .setStateMachineRegistry(id -> stateMachines.apply(nameOf(id, names)))
            .setProperties(settings.toProperties())
            // FORMAT, the default, refuses a folder that exists.
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    RatisNode node = new RatisNode(server, Map.copyOf(ids));
    try {
      server.start();
      node.addMissingGroups(membership);
      return node;
    } catch (IOException | RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  private static GroupName nameOf(RaftGroupId id, Map<RaftGroupId, GroupName> names) {
    GroupName name = names.get(id);
    if (name == null) {
      throw new IllegalStateException("the folder of an unknown Raft group is here: " + id);
    }
    return name;
  }

  private void addMissingGroups(Membership membership) throws IOException {
    List<RaftPeer> peers = membership.members.stream().map(RatisNode::peerOf).toList();
    for (GroupName name : membership.groups) {
      RaftGroupId id = idOf(name);
      if (isHere(id)) {
        continue;
      }
      GroupManagementRequest add =
          GroupManagementRequest.newAdd(
              clientId,
              server.getId(),
              callIds.incrementAndGet(),
              RaftGroup.valueOf(id, peers),
              true);
      RaftClientReply reply = server.groupManagement(add);
      if (!reply.isSuccess()) {
        throw new IOException("cannot add group " + name, reply.getException());
      }
    }
  }

  private boolean isHere(RaftGroupId id) {
    for (RaftGroupId known : server.getGroupIds()) {
      if (known.equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static RaftPeer peerOf(Member member) {
    return RaftPeer.newBuilder()
        .setId(member.peerId())
        .setAddress(member.peerAddress())
        .setClientAddress(member.clientAddress())
        .build();
  }

  private static Member memberOf(RaftPeer peer) {
    String peerId = peer.getId().toString();
    return new Member(Member.nodeIdOf(peerId), peerId, peer.getAddress(), peer.getClientAddress());
  }

  private RaftGroupId idOf(GroupName name) {
    RaftGroupId id = groups.get(name);
    if (id == null) {
      throw new IllegalArgumentException("this node has no replica of group " + name);
    }
    return id;
  }

  /** A group's replica on this node. */
  RaftServer.Division division(GroupName name) {
    try {
      return server.getDivision(idOf(name));
    } catch (IOException e) {
      throw new IllegalStateException("the replica of " + name + " is gone", e);
    }
  }

  /** True while the replica of a group is open. */
  public boolean isOpen(GroupName name) {
    return isHere(idOf(name));
  }

  /** This node's Raft peer id. */
  String selfPeerId() {
    return server.getId().toString();
  }

  /** The Raft group id, as text. */
  public String groupId(GroupName name) {
    return idOf(name).getUuid().toString();
  }

  /**
   * True where this node leads the group, has applied everything of earlier terms, and may believe
   * what it has applied.
   */
  boolean isLeader(GroupName name) {
    var division = division(name);
    return division.getInfo().isLeader()
        && division.getInfo().isLeaderReady()
        && !((GroupStateMachine) division.getStateMachine()).isFenced();
  }

  /** True where this node is the group's leader in the eyes of the others. */
  public boolean isElected(GroupName name) {
    return isOpen(name) && division(name).getInfo().isLeader();
  }

  /** The leader as known here. */
  Optional<Member> leader(GroupName name) {
    RaftServer.Division division = division(name);
    RaftPeerId id = division.getInfo().getLeaderId();
    return Optional.ofNullable(id)
        .map(leader -> division.getRaftConf().getPeer(leader))
        .map(RatisNode::memberOf);
  }

  /** The group's voters. */
  public Collection<Member> voters(GroupName name) {
    return division(name).getRaftConf().getCurrentPeers().stream()
        .map(RatisNode::memberOf)
        .toList();
  }

  /**
   * Submits an entry. The caller's thread appends it to the log; the future completes with Ratis'
   * reply.
   */
  CompletableFuture<RaftClientReply> submit(GroupName name, ByteString message) {
    return submit(name, RaftClientRequest.writeRequestType(), Message.valueOf(message));
  }

  /** Completes when every voter has synced the log up to {@code index}, or fails. */
  CompletableFuture<RaftClientReply> watchAll(GroupName name, long index) {
    return submit(
        name,
        RaftClientRequest.watchRequestType(
            index, org.apache.ratis.proto.RaftProtos.ReplicationLevel.ALL),
        // Ratis looks into the message of a watch, too.
        Message.EMPTY);
  }

  /**
   * Makes this replica learn soon what is committed. A follower hears of a commit with the next
   * entry or heartbeat, which may be half an election timeout away; Ratis' read index makes the
   * leader send it a heartbeat at once. What it answers proves nothing and is ignored: a cut-off
   * leader of Ratis 3.3.0 answers, too.
   */
  void nudge(GroupName name) {
    var _ = submit(name, RaftClientRequest.readRequestType(false, false, true), null);
  }

  private CompletableFuture<RaftClientReply> submit(
      GroupName name, RaftClientRequest.Type type, @Nullable Message message) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(server.getId())
            .setGroupId(idOf(name))
            .setCallId(callIds.incrementAndGet())
            .setMessage(message)
            .setType(type)
            .build();
    try {
      return server.submitClientRequestAsync(request);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Hands a group's leadership to another voter.
   *
   * @return true where it took over in time
   */
  boolean transferLeadership(GroupName name, String peerId, Duration timeout) {
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            clientId,
            server.getId(),
            idOf(name),
            callIds.incrementAndGet(),
            RaftPeerId.valueOf(peerId),
            timeout.toMillis());
    try {
      return server.transferLeadership(request).isSuccess();
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks for a flush of a group's store and a purge of its log; does not wait. */
  public void requestSnapshot(GroupName name, Duration timeout) throws IOException {
    var _ =
        server.snapshotManagementAsync(
            SnapshotManagementRequest.newCreate(
                clientId,
                server.getId(),
                idOf(name),
                callIds.incrementAndGet(),
                timeout.toMillis()));
  }

  /** How far this node's replica of a group is. */
  public ReplicaProgress progress(GroupName name) {
    RaftServer.Division division = division(name);
    var info = division.getInfo();
    SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
    return new ReplicaProgress(
        role(info),
        leader(name),
        info.getCurrentTerm(),
        division.getRaftLog().getLastCommittedIndex(),
        info.getLastAppliedIndex(),
        snapshot == null ? -1 : snapshot.getIndex());
  }

  private static ReplicaProgress.Role role(DivisionInfo info) {
    if (info.isLeader() && info.isLeaderReady()) {
      return ReplicaProgress.Role.LEADER;
    }
    if (info.isListener()) {
      return ReplicaProgress.Role.LISTENER;
    }
    return info.isFollower() ? ReplicaProgress.Role.FOLLOWER : ReplicaProgress.Role.CANDIDATE;
  }

  /**
   * Hands every leadership of this node to another voter, all groups at once.
   *
   * @param timeout for all of it
   */
  public void handOver(Duration timeout) {
    try (ExecutorService transfers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (GroupName name : groups.keySet()) {
        if (division(name).getInfo().isLeader()) {
          var _ = transfers.submit(() -> handOver(name, timeout));
        }
      }
    }
  }

  /** Tries one voter after the other; the first that is up to date takes over. */
  public void handOver(GroupName name, Duration timeout) {
    List<Member> others =
        voters(name).stream().filter(member -> !member.peerId().equals(selfPeerId())).toList();
    for (Member next : others) {
      if (transferLeadership(name, next.peerId(), timeout.dividedBy(others.size()))) {
        return;
      }
    }
    log.atWarn().addKeyValue(LogKeys.GROUP, name).log("no voter took over the leadership");
  }

  /**
   * Hands every leadership of this node to one voter, one group after the other.
   *
   * @param timeout for each
   * @return how many it took over in time
   */
  public int handOverTo(String peerId, Duration timeout) {
    int taken = 0;
    for (GroupName name : groups.keySet()) {
      if (isElected(name) && transferLeadership(name, peerId, timeout)) {
        taken++;
      }
    }
    return taken;
  }

  /** True while the server and all of its replicas run. */
  public boolean isAlive() {
    return server.getLifeCycleState() == LifeCycle.State.RUNNING
        && groups.keySet().stream().allMatch(name -> division(name).getInfo().isAlive());
  }

  /** The groups of which this node holds a replica. */
  public Collection<GroupName> groups() {
    return groups.keySet();
  }

  /**
   * Closes the replicas, whose logs and stores are closed when this returns, and then the server.
   * Ratis waits for its connections to peers to end by themselves, seconds each; we do not, since
   * nothing depends on them any more.
   */
  @Override
  public void close() {
    for (RaftGroupId id : server.getGroupIds()) {
      try {
        server.getDivision(id).close();
      } catch (IOException e) {
        log.warn("could not close the replica of {}", id, e);
      }
    }
    Thread closing =
        Thread.ofPlatform().daemon().name("balsa-ratis-close").start(this::closeServer);
    try {
      closing.join(SERVER_CLOSE_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeServer() {
    try {
      server.close();
    } catch (IOException e) {
      log.warn("could not close the Ratis server", e);
    }
  }
}
