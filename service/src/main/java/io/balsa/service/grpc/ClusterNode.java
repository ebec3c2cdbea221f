package io.balsa.service.grpc;

import io.balsa.catalog.StateDigest;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.Mark;
import io.balsa.service.collection.Collector;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Group;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaChanges;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.observe.NodeProblem;
import io.balsa.service.upkeep.Upkeep;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The node behind the front end. Thread-safe. */
public interface ClusterNode {
  /** Who this node is. */
  Identity identity();

  /** Every member that this node knows; empty before the cluster is formed. */
  List<Member> members();

  /**
   * Makes this node a founding member. Safe to repeat with the same members and groups. Blocks.
   *
   * @param members 1, 3 or 5 with distinct ids, this node among them
   * @param chunkGroups 1 to {@code Limits.CHUNK_GROUPS_MAX}
   * @return the cluster's id
   * @throws Refusal {@link Problems#otherCluster} where it is a member of another cluster
   */
  String initCluster(List<Member> members, int chunkGroups);

  /**
   * The groups; empty before the cluster is formed.
   *
   * @throws Refusal {@link Problems#notServing} while they start or stop
   */
  Optional<Groups> groups();

  /**
   * What snapshots of this node's replicas are served from.
   *
   * @throws Refusal {@link Problems#notServing} where there are none
   */
  default SnapshotServing snapshots() {
    throw Problems.notServing().refusal();
  }

  /** What frees space; empty before the cluster is formed. */
  default Optional<Collector> collector() {
    return Optional.empty();
  }

  /**
   * Keeps the log of this node's replica of a group from being purged for a while.
   *
   * @throws Refusal GROUP_NOT_FOUND, or {@link Problems#notServing} where the replica is closed
   */
  default void holdLog(GroupName group, Duration time) {
    throw Problems.notServing().refusal();
  }

  /**
   * Takes what another member tells of itself.
   *
   * @throws Refusal OTHER_CLUSTER
   * @throws InvalidField it is no other member
   */
  default void heard(Beat beat) {
    throw Problems.notServing().refusal();
  }

  /**
   * Another member starts, or looks whether its data is an old copy: it tells what it remembers of
   * this node's logs, and asks for what this node remembers of its own.
   *
   * @throws Refusal OTHER_CLUSTER
   * @throws InvalidField it is no other member
   */
  default Map<GroupName, Mark> recalled(
      String clusterId, String peerId, Map<GroupName, Mark> yours) {
    throw Problems.notServing().refusal();
  }

  /**
   * Makes sure that a change which adds data fits the disks that it goes to.
   *
   * @param bytes that it adds, at least 0
   * @throws Refusal {@link Problems#diskFull}
   */
  default void requireSpace(long bytes) {}

  /**
   * Changes a group's configuration where this node leads it.
   *
   * @param peerId of the replica's node
   * @throws InvalidField for one that is no member
   * @throws Refusal GROUP_NOT_FOUND or {@link Problems#notServing}
   */
  default Outcome<LogPosition> changeReplica(
      GroupName group, String peerId, ReplicaChanges.Change change, Duration timeout) {
    throw Problems.notServing().refusal();
  }

  /**
   * The care for what is stored here.
   *
   * @throws Refusal {@link Problems#notServing} while the replicas are not open
   */
  default Upkeep upkeep() {
    throw Problems.notServing().refusal();
  }

  /**
   * Asks for a flush of this node's replica of a group, and for a purge of its log; does not wait.
   *
   * @throws Refusal {@link Problems#notServing} while the replicas are not open
   * @throws IOException it cannot be asked for
   */
  default void requestSnapshot(GroupName group) throws IOException {
    throw Problems.notServing().refusal();
  }

  /** How this node and its replicas are. Needs no quorum and does not block on one. */
  Condition condition();

  /**
   * Who a node is.
   *
   * @param member its ids and addresses
   * @param clusterId empty before it is a member of a cluster
   * @param version of its software
   */
  record Identity(Member member, Optional<String> clusterId, String version) {}

  /**
   * The groups that have replicas on this node.
   *
   * @param catalog the catalog's
   * @param chunks chunk groups 1 and up, in order
   */
  record Groups(CatalogGroup catalog, List<ChunkGroup> chunks) {
    /** Copies. */
    public Groups {
      chunks = List.copyOf(chunks);
    }

    /**
     * A chunk group by number.
     *
     * @throws Refusal GROUP_NOT_FOUND
     */
    ChunkGroup chunks(int group) {
      if (group < 1 || group > chunks.size()) {
        throw Problems.groupNotFound("chunks-" + Integer.toUnsignedString(group)).refusal();
      }
      return chunks.get(group - 1);
    }

    /**
     * A group by name.
     *
     * @throws Refusal GROUP_NOT_FOUND
     */
    Group named(GroupName name) {
      return name.isCatalog() ? catalog : chunks(name.chunkGroup());
    }
  }

  /**
   * How a node is.
   *
   * @param replicas on this node
   * @param residentBytes of the process; 0 where unknown
   * @param uptime since the process started
   * @param problems what is wrong with it
   */
  record Condition(
      List<Replica> replicas, long residentBytes, Duration uptime, List<NodeProblem> problems) {
    /** Copies. */
    public Condition {
      replicas = List.copyOf(replicas);
      problems = List.copyOf(problems);
    }
  }

  /** What a replica is in its group. */
  enum Role {
    /** Leader and ready to serve. */
    LEADER,
    /** Follower. */
    FOLLOWER,
    /** Candidate, or a leader that is not ready yet. */
    CANDIDATE,
    /** Replicates, does not vote. */
    LISTENER,
    /** Not open: it waits for its store, or lost its log and is not taken in again yet. */
    ABSENT
  }

  /**
   * One replica.
   *
   * @param name of its group
   * @param groupId the Raft group id
   * @param role what it is
   * @param progress how far it is
   * @param state what it holds
   * @param absence why it does not vote now; empty where it does
   */
  record Replica(
      GroupName name,
      String groupId,
      Role role,
      Progress progress,
      State state,
      Optional<String> absence) {}

  /**
   * How far a replica is.
   *
   * @param leaderNodeId empty where no leader is known
   * @param term current
   * @param commitIndex as known here
   * @param appliedIndex applied here
   * @param snapshotIndex of the newest snapshot here; -1 for none
   */
  record Progress(
      Optional<String> leaderNodeId,
      long term,
      long commitIndex,
      long appliedIndex,
      long snapshotIndex) {}

  /**
   * What a replica holds.
   *
   * @param digest of its state at {@code digestIndex}
   * @param digestIndex an applied index
   * @param logBytes in its Raft log folder
   * @param chunks stored; 0 for the catalog
   * @param chunkBytes of those
   */
  record State(StateDigest digest, long digestIndex, long logBytes, long chunks, long chunkBytes) {}
}
