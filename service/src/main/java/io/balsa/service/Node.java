package io.balsa.service;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.replica.FailStop;
import io.balsa.replica.GroupStateMachine;
import io.balsa.replica.LentSnapshot;
import io.balsa.replica.SnapshotLoans;
import io.balsa.replica.StoreRebuild;
import io.balsa.rocks.StorageFailure;
import io.balsa.service.admission.Admission;
import io.balsa.service.collection.Collector;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.consensus.GroupWiring;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.data.DataFolder;
import io.balsa.service.data.NodeIdentity;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.service.grpc.FounderCheck;
import io.balsa.service.grpc.FrontEnd;
import io.balsa.service.grpc.GrpcServer;
import io.balsa.service.grpc.PeerChannels;
import io.balsa.service.grpc.PeerLinks;
import io.balsa.service.grpc.Problems;
import io.balsa.service.grpc.RemoteBeats;
import io.balsa.service.grpc.RemoteChunks;
import io.balsa.service.grpc.RemoteConfirmation;
import io.balsa.service.grpc.RemoteMembership;
import io.balsa.service.grpc.RemoteRecall;
import io.balsa.service.grpc.RemoteSnapshots;
import io.balsa.service.grpc.SnapshotServing;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.neighbours.Recollection;
import io.balsa.service.observe.Health;
import io.balsa.service.observe.ResidentMemory;
import io.balsa.service.upkeep.Upkeep;
import io.balsa.snapshot.SnapshotProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its data folder, its front end and, once it is a member of a cluster, its replicas. The
 * front end listens from the first moment, so that a node can be asked who it is and be made a
 * member.
 *
 * <p>Thread-safe.
 */
public final class Node implements ClusterNode, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  private static final long TASKS_END_SECONDS_MAX = 5;
  private static final Duration SPACE_LOOK = Duration.ofMillis(250);

  private final NodeConfig config;
  private final FailStop failStop;
  private final DataFolder folder;
  private final PeerChannels channels;
  private final RemoteSnapshots remoteSnapshots;
  private final SnapshotServing snapshots;
  private final StoreRebuild rebuild;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final FrontEnd frontEnd;
  private final GrpcServer server;
  private final Health health;
  private final NodeWatch watch;

  /** Held while replicas start or stop. */
  private final ReentrantLock lifecycle = new ReentrantLock();

  private volatile @Nullable Replicas replicas;
  private volatile @Nullable Recollection recollection;

  private volatile boolean stopping;

  private Node(NodeConfig config, DataFolder folder, Surroundings around) throws IOException {
    this.config = config;
    this.folder = folder;
    this.failStop = (what, cause) -> haltUnlessStopping(around.failStop, what, cause);
    channels = new PeerChannels(around.peers);
    remoteSnapshots =
        new RemoteSnapshots(
            channels, folder.identity().peerId(), this::members, Disk.real(), this.failStop);
    snapshots = NodeSettings.snapshots(config, new Lending());
    rebuild =
        new StoreRebuild(Disk.real(), folder.quarantine(), remoteSnapshots, Clock.systemUTC());
    FrontEnd.Ground ground =
        new FrontEnd.Ground(
            this,
            channels,
            new Admission(
                config.limits().requestsInFlightMax(), config.limits().requestBytesInFlightMax()),
            tasks,
            defect -> this.failStop.halt("a defect of the front end", defect));
    frontEnd = new FrontEnd(ground, NodeSettings.service(config));
    server = new GrpcServer(NodeSettings.server(config), frontEnd, tasks);
    health = new Health(System::nanoTime, server::setServing);
    watch = new NodeWatch(config, folder, around.disk, health, this.failStop);
  }

  /**
   * What a node stands in.
   *
   * @param failStop ends the process
   * @param peers the links to other nodes' front ends
   * @param disk the file system on which the speed of the data disk is probed
   */
  public record Surroundings(FailStop failStop, PeerLinks peers, Disk disk) {}

  /**
   * Starts a node. When this returns it listens, and a member's replicas are open, but for those
   * that lost their store or log and come back by themselves with other members' help; or, where
   * the disk is full, all open by themselves as soon as there is space.
   *
   * @throws IOException the data folder, a port or a log cannot be used; the message says which
   */
  public static Node start(NodeConfig config, Surroundings around) throws IOException {
    DataFolder folder =
        DataFolder.open(config.node().dataDir(), config.node().id(), new SecureRandom());
    Node node;
    try {
      node = new Node(config, folder, around);
    } catch (IOException | RuntimeException | Error e) {
      folder.close();
      throw e;
    }
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /** A replica that is being closed may fail what still comes in; an error of a disk is final. */
  private void haltUnlessStopping(FailStop failStop, String what, Throwable cause) {
    if (stopping && !StorageFailure.isOfDisk(cause)) {
      log.debug("while stopping: {}", what, cause);
    } else {
      var _ = health.note(Health.Trouble.STOPPING_ITSELF, what + ": " + cause.getMessage());
      failStop.halt(what, cause);
    }
  }

  private void start() throws IOException {
    server.start();
    watch.start();
    lifecycle.lock();
    try {
      if (folder.identity().membership().isEmpty()) {
        log.atInfo()
            .addKeyValue(LogKeys.NODE, folder.identity().peerId())
            .log(
                "this data folder belongs to no cluster: the node waits to be made a member. If a"
                    + " cluster knows it already, its data was lost: bring the old folder back");
        return;
      }
      if (watch.maySpaceStart()) {
        openReplicas(folder.identity());
      } else {
        tasks.execute(this::openWhenThereIsSpace);
      }
    } finally {
      lifecycle.unlock();
    }
  }

  /** A node that ended here would be started again and again, and could not say why. */
  private void openWhenThereIsSpace() {
    try {
      while (!watch.maySpaceStart()) {
        Thread.sleep(SPACE_LOOK);
      }
      lifecycle.lock();
      try {
        if (!stopping && replicas == null) {
          openReplicas(folder.identity());
        }
      } finally {
        lifecycle.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The node stops.
    } catch (IOException | RuntimeException | Error e) {
      failStop.halt("the replicas cannot open", e);
    }
  }

  /** Requires: {@code lifecycle} held, a member. */
  private void openReplicas(NodeIdentity identity) throws IOException {
    identity.membership().orElseThrow().requireAddresses(self());
    long startNanos = System.nanoTime();
    GroupWiring wiring =
        new GroupWiring(
            config.freshness().barrierTimeout(), new RemoteConfirmation(channels), tasks);
    Replicas.Others others =
        new Replicas.Others(
            remoteSnapshots,
            new RemoteChunks(channels, identity.peerId(), this::members),
            frontEnd.removal(),
            new RemoteMembership(channels, identity.peerId()),
            new RemoteRecall(
                channels, identity.membership().orElseThrow().clusterId(), identity.peerId()));
    Replicas opened =
        new Replicas(
            config,
            folder,
            self(),
            new Replicas.Wiring(
                wiring, others, rebuild, watch.kept(), heard -> recollection = heard, failStop));
    replicas = opened;
    watch.watch(
        opened.watch(
            new MemberWatch.Ties(
                watch.neighbours(), new RemoteBeats(channels, tasks), health, tasks)));
    health.open(true);
    log.atInfo()
        .addKeyValue(LogKeys.NODE, identity.nodeId())
        .addKeyValue(LogKeys.ELAPSED_MS, (System.nanoTime() - startNanos) / 1_000_000)
        .log("replicas are open");
  }

  private Member self() {
    NodeIdentity identity = folder.identity();
    return new Member(
        identity.nodeId(),
        identity.peerId(),
        config.listen().peerAddress(),
        config.listen().clientAddress());
  }

  @Override
  public ClusterNode.Identity identity() {
    return new ClusterNode.Identity(
        self(),
        folder.identity().membership().map(NodeIdentity.Membership::clusterId),
        Build.VERSION);
  }

  @Override
  public List<Member> members() {
    // Not the voters of a group: a replica that comes back leaves its group for a while.
    return folder.identity().membership().map(NodeIdentity.Membership::founders).orElse(List.of());
  }

  @Override
  public String initCluster(List<Member> members, int chunkGroups) {
    String clusterId = ClusterIds.of(members, chunkGroups);
    if (folder.identity().membership().isEmpty()) {
      new FounderCheck(channels).requireFree(members, clusterId, self());
    }
    lifecycle.lock();
    try {
      Optional<NodeIdentity.Membership> known = folder.identity().membership();
      if (known.isPresent() && !known.get().clusterId().equals(clusterId)) {
        throw Problems.otherCluster(known.get().clusterId()).refusal();
      }
      if (replicas == null && !watch.maySpaceStart()) {
        throw Problems.diskFull(
                self().nodeId(), watch.space().room().freeBytes(), watch.space().startBytes())
            .refusal();
      }
      if (known.isEmpty()) {
        folder.join(new NodeIdentity.Membership(clusterId, chunkGroups, members, false));
      }
      if (replicas == null && !stopping) {
        openReplicas(folder.identity());
      }
      return clusterId;
    } catch (IOException e) {
      failStop.halt("the node cannot become a member", e);
      throw new UncheckedIOException(e);
    } finally {
      lifecycle.unlock();
    }
  }

  @Override
  public Optional<Groups> groups() {
    Replicas open = replicas;
    if (open != null) {
      return Optional.of(open.groups());
    }
    if (stopping || folder.identity().membership().isPresent()) {
      throw Problems.notServing().refusal();
    }
    return Optional.empty();
  }

  @Override
  public SnapshotServing snapshots() {
    return snapshots;
  }

  @Override
  public void holdLog(GroupName group, Duration time) {
    replica(group).holdLog(time);
  }

  @Override
  public Optional<Collector> collector() {
    return Optional.ofNullable(replicas).map(Replicas::collector);
  }

  /** The snapshots that this node receives now. */
  public List<SnapshotProgress> receiving() {
    return remoteSnapshots.progress();
  }

  /** The groups that are down here because their stores are lost, and why those are. */
  public Map<GroupName, String> rebuilding() {
    return rebuild.running();
  }

  @Override
  public Upkeep upkeep() {
    return open().upkeep();
  }

  @Override
  public void requestSnapshot(GroupName group) throws IOException {
    open().requestSnapshot(group);
  }

  private GroupStateMachine replica(GroupName group) {
    return open().replica(group);
  }

  private Replicas open() {
    Replicas open = replicas;
    if (open == null) {
      throw Problems.notServing().refusal();
    }
    return open;
  }

  /** What is lent of this node's replicas, in the data folder. */
  private final class Lending implements SnapshotLoans.Lender {
    @Override
    public Optional<LogPosition> position(GroupName group) {
      return replica(group).position();
    }

    @Override
    public LentSnapshot lend(GroupName group) throws IOException {
      return replica(group).lend(folder.newOutgoing());
    }
  }

  @Override
  public void heard(Beat beat) {
    requireMember(beat.clusterId(), beat.peerId());
    watch.heard(beat);
  }

  @Override
  public Map<GroupName, Mark> recalled(
      String clusterId, String peerId, Map<GroupName, Mark> yours) {
    requireMember(clusterId, peerId);
    Recollection hearing = recollection;
    if (hearing == null) {
      throw Problems.notServing().refusal(); // It asks before it opens.
    }
    hearing.told(peerId, yours);
    return watch.remembered(peerId);
  }

  private void requireMember(String clusterId, String peerId) {
    String own = folder.identity().membership().map(NodeIdentity.Membership::clusterId).orElse("");
    if (!clusterId.equals(own)) {
      throw Problems.otherCluster(own).refusal();
    }
    if (members().stream().map(Member::peerId).noneMatch(peerId::equals)
        || peerId.equals(folder.identity().peerId())) {
      throw new InvalidField("peer_id", peerId, "another member's");
    }
  }

  @Override
  public void requireSpace(long bytes) {
    watch
        .guard()
        .admit(bytes)
        .ifPresent(
            full -> {
              throw Problems.diskFull(
                      Member.nodeIdOf(full.peerId()), full.freeBytes(), full.neededBytes())
                  .refusal();
            });
  }

  @Override
  public Outcome<LogPosition> changeReplica(
      GroupName group, String peerId, ReplicaChanges.Change change, Duration timeout) {
    return open().changeReplica(group, peerId, change, timeout);
  }

  @Override
  public Condition condition() {
    Replicas open = replicas;
    return new Condition(
        open == null ? List.of() : open.status(),
        ResidentMemory.bytes(),
        Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()),
        health.problems());
  }

  /**
   * Stops as an operator wants it: hands leaderships over, lets calls end, closes.
   *
   * @param limit for all of it
   */
  public void stop(Duration limit) {
    Replicas open = replicas;
    health.open(false);
    if (open != null) {
      open.handOver(limit.dividedBy(3));
    }
    close(limit.dividedBy(5));
  }

  /** How long {@link #stop} may take. */
  Duration shutdownLimit() {
    return config.limits().shutdown();
  }

  /** Closes without handing anything over. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private void close(Duration grace) {
    stopping = true;
    health.open(false);
    watch.close();
    try {
      server.stop(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lifecycle.lock();
    try {
      Replicas open = replicas;
      replicas = null;
      if (open != null) {
        open.close();
      }
    } finally {
      lifecycle.unlock();
    }
    channels.close();
    snapshots.loans().close();
    endTasks();
    try {
      folder.close();
    } catch (IOException e) {
      log.warn("could not release the data folder", e);
    }
  }

  /** Whoever gets the data folder next must not find a task of this node in it. */
  private void endTasks() {
    tasks.shutdownNow();
    try {
      if (!tasks.awaitTermination(TASKS_END_SECONDS_MAX, TimeUnit.SECONDS)) {
        log.warn("some tasks do not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
