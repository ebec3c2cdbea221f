package io.balsa.service;

import io.balsa.catalog.StateDigest;
import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.ClosedSegments;
import io.balsa.raftlog.LogContents;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.Quarantine;
import io.balsa.raftlog.Watermark;
import io.balsa.replica.CatalogStateMachine;
import io.balsa.replica.ChunkSource;
import io.balsa.replica.ChunkStateMachine;
import io.balsa.replica.ChunkUpkeep;
import io.balsa.replica.FailStop;
import io.balsa.replica.GroupStateMachine;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.replica.StoreRebuild;
import io.balsa.replica.StoredReplica;
import io.balsa.rocks.RocksMemory;
import io.balsa.service.collection.ChunkRemoval;
import io.balsa.service.collection.Collector;
import io.balsa.service.config.NodeConfig;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.DigestMarker;
import io.balsa.service.consensus.Group;
import io.balsa.service.consensus.GroupWiring;
import io.balsa.service.consensus.LocalCatalog;
import io.balsa.service.consensus.LocalChunks;
import io.balsa.service.consensus.LogWatch;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.RatisNode;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.consensus.ReplicaProgress;
import io.balsa.service.data.DataFolder;
import io.balsa.service.data.NodeIdentity;
import io.balsa.service.grpc.ClusterNode;
import io.balsa.service.grpc.Problems;
import io.balsa.service.neighbours.KeptMarks;
import io.balsa.service.neighbours.Recall;
import io.balsa.service.neighbours.Recollection;
import io.balsa.service.observe.TableCheck;
import io.balsa.service.observe.Watchdog;
import io.balsa.service.upkeep.LogTarget;
import io.balsa.service.upkeep.Upkeep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member runs: its replicas, the Ratis server over them, and the handles through which the
 * front end reaches them. Opens in the order of dependence and closes in reverse. Thread-safe.
 */
final class Replicas implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  private static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(30);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CatalogStateMachine catalogMachine;
  private final Map<GroupName, ChunkStateMachine> chunkMachines = new LinkedHashMap<>();
  private final RatisNode ratis;
  private final GroupStarts starts;
  private final ReplicaChanges changes;
  private final LocalCatalog catalog;
  private final List<ChunkGroup> chunks = new ArrayList<>();
  private final Collector collector;
  private final Watchdog watchdog;
  private final Upkeep upkeep;
  private final Member self;
  private final String clusterId;
  private final DigestMarker marker;
  private final LogWatch logWatch;
  private final Recollection recollection;

  /**
   * What replicas need of the node.
   *
   * @param groups for the groups' handles
   * @param others what other members are asked for
   * @param rebuild replaces stores that are lost
   * @param kept what is remembered of members' logs
   * @param hearing gets, before any other member is asked, what hears of itself what they remember
   * @param failStop ends the process
   */
  record Wiring(
      GroupWiring groups,
      Others others,
      StoreRebuild rebuild,
      KeptMarks kept,
      Consumer<Recollection> hearing,
      FailStop failStop) {}

  /**
   * What other members are asked for.
   *
   * @param snapshots copies of their replicas
   * @param chunks single chunks
   * @param removal chunks are removed, wherever their groups are led
   * @param asking leaders change their group's configuration
   * @param recall what they remember of this node's logs
   */
  record Others(
      SnapshotFetcher snapshots,
      ChunkSource chunks,
      ChunkRemoval removal,
      ReplicaChanges.Asking asking,
      Recall recall) {}

  /**
   * Opens all replicas of a member.
   *
   * @param self this node as a member
   * @throws IOException a folder, a port or a log cannot be used; what was opened is closed again
   */
  Replicas(NodeConfig config, DataFolder folder, Member self, Wiring wiring) throws IOException {
    NodeIdentity.Membership membership = folder.identity().membership().orElseThrow();
    FailStop failStop = wiring.failStop;
    this.self = self;
    clusterId = membership.clusterId();
    try {
      RocksMemory memory = opened(NodeSettings.memory(config));
      Disk disk = Disk.real();
      Watermark watermark =
          opened(Watermark.open(disk, folder.watermark(), folder.identity().peerId()));
      logWatch = new LogWatch(watermark, disk, failStop);
      StoredReplica.Ground ground =
          new StoredReplica.Ground(
              memory, wiring.others.snapshots, wiring.others.chunks, logWatch, failStop);
      VersionSealer sealer = new VersionSealer(failStop);
      catalogMachine = new CatalogStateMachine(folder.catalog(), ground, sealer);
      makeChunkMachines(config, folder, ground);
      machines().forEach(this::opened);
      ratis = opened(makeRatis(config, folder, self));
      changes = new ReplicaChanges(ratis, config.raft().electionTimeoutMax());
      starts = opened(startsOf(folder, watermark, wiring));
      recollection = recollectionOf(folder, watermark, wiring);
      wiring.hearing.accept(recollection);
      openGroups(folder, membership, recollection);
      ratis.listen();
      opened(logWatch).start(ratis);
      catalog =
          opened(
              new LocalCatalog(
                  ratis,
                  catalogMachine,
                  wiring.groups,
                  NodeSettings.catalog(config),
                  Clock.systemUTC()));
      marker =
          new DigestMarker(
              ratis, openChunks(config, wiring), config.raft().digestInterval(), System.nanoTime());
      opened(sealer).start(catalog);
      collector = opened(startCollector(config, wiring));
      upkeep = opened(startUpkeep(config, folder, failStop));
      watchdog =
          opened(
              new Watchdog(
                  ratis, machines(), folder.raft(), config.raft().logBytesMax(), failStop));
      opened(new TableCheck(machines(), failStop));
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void makeChunkMachines(
      NodeConfig config, DataFolder folder, StoredReplica.Ground ground) {
    NodeIdentity.Membership membership = folder.identity().membership().orElseThrow();
    ChunkStateMachine.Settings settings = NodeSettings.chunkStore(config, membership.chunkGroups());
    for (GroupName name : membership.groups()) {
      if (!name.isCatalog()) {
        chunkMachines.put(name, new ChunkStateMachine(name, folder.chunks(name), settings, ground));
      }
    }
  }

  private Upkeep startUpkeep(NodeConfig config, DataFolder folder, FailStop failStop)
      throws IOException {
    List<ChunkUpkeep> groups =
        chunkMachines.values().stream().map(ChunkStateMachine::upkeep).toList();
    return new Upkeep(
        Upkeep.Stores.of(catalogMachine, groups, logTargets(folder, failStop)),
        NodeSettings.upkeep(config),
        folder.root(),
        (group, cause) -> machine(group).condemn(String.valueOf(cause), cause),
        failStop);
  }

  private List<LogTarget> logTargets(DataFolder folder, FailStop failStop) {
    return machines().stream()
        .map(GroupStateMachine::name)
        .map(
            name ->
                new LogTarget(
                    name,
                    new ClosedSegments(
                        Disk.real(), folder.raft().resolve(ratis.groupId(name)).resolve("current")),
                    (group, flaw) -> giveUpLog(group, flaw, failStop)))
        .toList();
  }

  /** The audit of the next start takes a damaged log away, and the replica comes back. */
  private void giveUpLog(GroupName group, LogContents.Flaw flaw, FailStop failStop) {
    String what = "the Raft log of " + group + " has rotted, " + flaw;
    if (ratis.founders().size() == 1) {
      // Nobody could take it in again, and its store serves.
      log.atError().addKeyValue(LogKeys.GROUP, group).log("{}; the only replica goes on", what);
    } else {
      failStop.halt(what, new IOException(flaw.toString()));
    }
  }

  /** Opens the handles of the chunk groups; all groups, to be marked. */
  private List<DigestMarker.Marked> openChunks(NodeConfig config, Wiring wiring) {
    List<DigestMarker.Marked> marked = new ArrayList<>();
    marked.add(new DigestMarker.Marked(catalogMachine, catalog::mark));
    for (ChunkStateMachine machine : chunkMachines.values()) {
      LocalChunks group =
          opened(
              new LocalChunks(
                  ratis, machine, wiring.groups, NodeSettings.chunks(config), wiring.failStop));
      chunks.add(group);
      marked.add(new DigestMarker.Marked(machine, group::mark));
    }
    return marked;
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.push(part);
    return part;
  }

  private Collector startCollector(NodeConfig config, Wiring wiring) {
    Collector made =
        new Collector(
            catalog,
            chunks,
            wiring.others.removal,
            NodeSettings.collection(config),
            wiring.failStop);
    if (config.collection().enabled() == 1) {
      made.start(config.collection().pause());
    }
    return made;
  }

  private GroupStarts startsOf(DataFolder folder, Watermark watermark, Wiring wiring) {
    Disk disk = Disk.real();
    return new GroupStarts(
        folder,
        disk,
        ratis,
        this::machine,
        new GroupStarts.Parts(
            watermark,
            new Quarantine(disk, folder.quarantine(), Clock.systemUTC()),
            wiring.others.asking,
            new StorePreparation(
                wiring.rebuild,
                group ->
                    folder.store(
                        group,
                        ratis.groupId(group),
                        watermark.mark(group).orElse(Mark.START).flushed())),
            wiring.failStop));
  }

  private static Recollection recollectionOf(
      DataFolder folder, Watermark watermark, Wiring wiring) {
    return new Recollection(
        folder.identity().peerId(),
        watermark,
        wiring.kept,
        wiring.others.recall,
        group -> Disk.real().exists(folder.rejoin(group)),
        wiring.failStop);
  }

  private RatisNode makeRatis(NodeConfig config, DataFolder folder, Member self)
      throws IOException {
    NodeIdentity.Membership membership = folder.identity().membership().orElseThrow();
    return RatisNode.create(
        NodeSettings.raft(config, folder.raft()),
        new RatisNode.Membership(
            membership.clusterId(), self, membership.founders(), membership.groups()),
        this::machine);
  }

  private void openGroups(
      DataFolder folder, NodeIdentity.Membership membership, Recollection others)
      throws IOException {
    others.beforeOpening(membership.groupsMade() ? membership.founders() : List.of());
    starts.open(membership.groups(), membership.groupsMade());
    if (!membership.groupsMade()) {
      folder.join(
          new NodeIdentity.Membership(
              membership.clusterId(), membership.chunkGroups(), membership.founders(), true));
    }
  }

  private List<GroupStateMachine> machines() {
    List<GroupStateMachine> machines = new ArrayList<>(chunkMachines.values());
    machines.add(catalogMachine);
    return machines;
  }

  private GroupStateMachine machine(GroupName name) {
    return name.isCatalog()
        ? catalogMachine
        : Objects.requireNonNull(chunkMachines.get(name), name::text);
  }

  /** A replica, to be lent from; {@code Problems.groupNotFound} for none. */
  GroupStateMachine replica(GroupName name) {
    if (!name.isCatalog() && !chunkMachines.containsKey(name)) {
      throw Problems.groupNotFound(name.text()).refusal();
    }
    return machine(name);
  }

  /** See {@link ClusterNode#changeReplica}. */
  Outcome<LogPosition> changeReplica(
      GroupName name, String peerId, ReplicaChanges.Change change, Duration timeout) {
    if (!name.isCatalog() && !chunkMachines.containsKey(name)) {
      throw Problems.groupNotFound(name.text()).refusal();
    }
    Member peer =
        ratis.founders().stream()
            .filter(member -> member.peerId().equals(peerId))
            .findFirst()
            .orElseThrow(() -> new InvalidField("peer_id", peerId, "a member's"));
    Group group = name.isCatalog() ? catalog : chunks.get(name.chunkGroup() - 1);
    return changes.change(group, peer, change, timeout);
  }

  /** The care for what is stored. */
  Upkeep upkeep() {
    return upkeep;
  }

  /** Asks for a flush of a replica's store; does not wait. */
  void requestSnapshot(GroupName name) throws IOException {
    ratis.requestSnapshot(name, SNAPSHOT_TIMEOUT);
  }

  /** What the front end reaches. */
  ClusterNode.Groups groups() {
    return new ClusterNode.Groups(catalog, chunks);
  }

  /** What frees space. */
  Collector collector() {
    return collector;
  }

  /** Makes what compares this member with the others; the caller looks with it. */
  MemberWatch watch(MemberWatch.Ties ties) {
    return new MemberWatch(
        new MemberWatch.Parts(
            self,
            clusterId,
            ratis,
            ratis::founders,
            machines(),
            marker,
            logWatch::settled,
            recollection),
        ties);
  }

  /** How the replicas are. */
  List<ClusterNode.Replica> status() {
    List<ClusterNode.Replica> status = new ArrayList<>();
    status.add(status(GroupName.CATALOG, catalogState()));
    chunkMachines.forEach((name, machine) -> status.add(status(name, chunkState(name, machine))));
    return status;
  }

  private ClusterNode.Replica status(GroupName name, ClusterNode.State state) {
    ReplicaProgress progress = ratis.progress(name);
    return new ClusterNode.Replica(
        name,
        ratis.groupId(name),
        ClusterNode.Role.valueOf(progress.role().name()),
        new ClusterNode.Progress(
            progress.leader().map(Member::nodeId),
            progress.term(),
            progress.commitIndex(),
            progress.appliedIndex(),
            progress.snapshotIndex()),
        state,
        starts.absence(name));
  }

  private ClusterNode.State catalogState() {
    var head = catalogMachine.head();
    return new ClusterNode.State(
        head.map(h -> h.digest()).orElse(StateDigest.ZERO),
        head.map(h -> h.applied().index()).orElse(-1L),
        watchdog.logBytes(GroupName.CATALOG),
        0,
        0);
  }

  private ClusterNode.State chunkState(GroupName name, ChunkStateMachine machine) {
    var head = machine.head();
    return new ClusterNode.State(
        head.map(h -> h.digest()).orElse(StateDigest.ZERO),
        head.map(h -> h.applied().index()).orElse(-1L),
        watchdog.logBytes(name),
        head.map(h -> h.chunks()).orElse(0L),
        head.map(h -> h.bytes()).orElse(0L));
  }

  /** Hands the leaderships of this node to others, as far as they take them in time. */
  void handOver(Duration timeout) {
    ratis.handOver(timeout);
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("could not close {}", part, e);
      }
    }
  }
}
