package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.replica.GroupStateMachine;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.conf.RaftProperties;
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
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
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
  private final List<Member> founders;

  /** Groups whose replicas are open. */
  private final Set<RaftGroupId> open;

  /** Who was found to lead a group that is not open here. */
  private final Map<GroupName, Member> hints = new ConcurrentHashMap<>();

  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();

  /** Held while a replica opens and while the server starts: Ratis 3.3.0 starts all it has then. */
  private final Object starting = new Object();

  private RatisNode(
      RaftServer server,
      Map<GroupName, RaftGroupId> groups,
      List<Member> founders,
      Set<RaftGroupId> open) {
    this.server = server;
    this.groups = groups;
    this.founders = founders;
    this.open = open;
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
   * Makes the server, which listens to nobody yet and has no group; {@link #open} opens them, each
   * when its turn comes.
   *
   * @param stateMachines makes a group's state machine
   * @throws IOException it cannot be made
   */
  public static RatisNode create(
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
    RaftProperties properties = settings.toProperties();
    List<File> folders = RaftServerConfigKeys.storageDir(properties);
    // While it is built, a server opens every group whose folder it finds. Here it finds none.
    RaftServerConfigKeys.setStorageDir(
        properties, List.of(settings.folder().resolve("none").toFile()));
    Set<RaftGroupId> open = ConcurrentHashMap.newKeySet();
    RaftServer server =
        RaftServer.newBuilder()
            .setParameters(JoiningRpc.behind(open::contains))
            .setServerId(RaftPeerId.valueOf(membership.self.peerId()))
            .setStateMachineRegistry(id -> stateMachines.apply(nameOf(id, names)))
            .setProperties(properties)
            .build();
    RaftServerConfigKeys.setStorageDir(properties, folders);
    return new RatisNode(server, Map.copyOf(ids), membership.members, open);
  }

  /** Begins to listen to peers. Groups that need no preparation are opened before. */
  public void listen() throws IOException {
    synchronized (starting) {
      server.start();
    }
  }

  private static GroupName nameOf(RaftGroupId id, Map<RaftGroupId, GroupName> names) {
    GroupName name = names.get(id);
    if (name == null) {
      throw new IllegalStateException("the folder of an unknown Raft group is here: " + id);
    }
    return name;
  }

  /** With whom a replica begins that knows no configuration yet. */
  public enum Beginning {
    /** With the founding members. */
    FOUNDING,
    /** With nobody: it neither votes nor stands before a leader has taken it in (Raft §6). */
    ALONE
  }

  /**
   * Opens the replica of a group: as its folder was left, or new where there is no folder. What the
   * folder says about the configuration counts more than {@code beginning}.
   *
   * @throws IOException the folder cannot be used, or the log is corrupt
   */
  public void open(GroupName name, Beginning beginning) throws IOException {
    List<RaftPeer> peers =
        beginning == Beginning.FOUNDING
            ? founders.stream().map(RatisNode::peerOf).toList()
            : List.of();
    RaftGroupId id = idOf(name);
    RaftClientReply reply = add(RaftGroup.valueOf(id, peers));
    if (!reply.isSuccess()) {
      throw new IOException("cannot open the replica of " + name, reply.getException());
    }
    open.add(id);
    hints.remove(name);
  }

  private RaftClientReply add(RaftGroup group) throws IOException {
    synchronized (starting) {
      // To format would refuse a folder that exists.
      return server.groupManagement(
          GroupManagementRequest.newAdd(
              clientId, server.getId(), callIds.incrementAndGet(), group, false));
    }
  }

  /** True while the replica of a group is open. */
  public boolean isOpen(GroupName name) {
    return open.contains(idOf(name));
  }

  /** Notes who was found to lead a group that is not open here, for calls to be passed on. */
  public void hint(GroupName name, Member leader) {
    if (!isOpen(name)) {
      hints.put(name, leader);
    }
  }

  static RaftPeer peerOf(Member member) {
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

  /** A group's replica on this node; {@link ReplicaClosed} where it is not open. */
  RaftServer.Division division(GroupName name) {
    if (!isOpen(name)) {
      throw new ReplicaClosed(name);
    }
    try {
      return server.getDivision(idOf(name));
    } catch (IOException e) {
      throw new IllegalStateException("the replica of " + name + " is gone", e);
    }
  }

  RaftServer server() {
    return server;
  }

  ClientId clientId() {
    return clientId;
  }

  long newCallId() {
    return callIds.incrementAndGet();
  }

  /** True where this replica knows itself as a voter, and its log is forced up to an index. */
  public boolean isVoterAt(GroupName name, long index) {
    RaftServer.Division division = division(name);
    return division.getRaftLog().getFlushIndex() >= index
        && division.getRaftConf().getPreviousPeers().isEmpty()
        && division.getRaftConf().getCurrentPeers().stream()
            .anyMatch(peer -> peer.getId().equals(server.getId()));
  }

  /** The founding members. */
  public List<Member> founders() {
    return founders;
  }

  /** This node's Raft peer id. */
  public String selfPeerId() {
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
    if (!isOpen(name)) {
      return false;
    }
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
    if (!isOpen(name)) {
      return Optional.ofNullable(hints.get(name));
    }
    RaftPeerId id = division(name).getInfo().getLeaderId();
    return Optional.ofNullable(id)
        .flatMap(
            leader ->
                voters(name).stream()
                    .filter(member -> member.peerId().equals(leader.toString()))
                    .findFirst());
  }

  /** The group's voters; the founders where this replica knows no configuration yet. */
  public Collection<Member> voters(GroupName name) {
    if (!isOpen(name)) {
      return founders;
    }
    Collection<RaftPeer> peers = division(name).getRaftConf().getCurrentPeers();
    return peers.isEmpty() ? founders : peers.stream().map(RatisNode::memberOf).toList();
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
    if (!isOpen(name)) {
      return new ReplicaProgress(ReplicaProgress.Role.ABSENT, leader(name), 0, -1, -1, -1);
    }
    RaftServer.Division division = division(name);
    var info = division.getInfo();
    SnapshotInfo snapshot = division.getStateMachine().getLatestSnapshot();
    return new ReplicaProgress(
        ReplicaProgress.Role.of(info),
        leader(name),
        info.getCurrentTerm(),
        division.getRaftLog().getLastCommittedIndex(),
        info.getLastAppliedIndex(),
        snapshot == null ? -1 : snapshot.getIndex());
  }

  /**
   * Hands every leadership of this node to another voter, all groups at once.
   *
   * @param timeout for all of it
   */
  public void handOver(Duration timeout) {
    try (ExecutorService transfers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (GroupName name : groups.keySet()) {
        if (isOpen(name) && division(name).getInfo().isLeader()) {
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

  /** True while the server and all replicas that were opened run. */
  public boolean isAlive() {
    return server.getLifeCycleState() == LifeCycle.State.RUNNING
        && groups.keySet().stream()
            .filter(this::isOpen)
            .allMatch(name -> division(name).getInfo().isAlive());
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
    // Each waits for its log's thread, up to a second.
    try (ExecutorService closers =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
      server.getGroupIds().forEach(id -> closers.execute(() -> closeReplica(id)));
    }
    Thread closing =
        Thread.ofPlatform().daemon().name("balsa-ratis-close").start(this::closeServer);
    try {
      closing.join(SERVER_CLOSE_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeReplica(RaftGroupId id) {
    try {
      server.getDivision(id).close();
    } catch (IOException e) {
      log.warn("could not close the replica of {}", id, e);
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
