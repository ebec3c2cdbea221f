package io.balsa.service.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.ConfirmIndexRequest;
import io.balsa.api.v1.ConfirmIndexResponse;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.api.v1.GetIdentityRequest;
import io.balsa.api.v1.GetIdentityResponse;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.GroupRole;
import io.balsa.api.v1.GroupStatus;
import io.balsa.api.v1.HoldLogRequest;
import io.balsa.api.v1.HoldLogResponse;
import io.balsa.api.v1.InitClusterRequest;
import io.balsa.api.v1.InitClusterResponse;
import io.balsa.catalog.ClosableView;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.CatalogGroup;
import io.balsa.service.consensus.Group;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaClosed;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The cluster. Thread-safe. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Calls calls;
  private final ClusterNode node;
  private final FreshReads reads;
  private final SnapshotSender snapshots;
  private final Duration stallTimeout;

  ClusterService(Calls calls, ClusterNode node, FreshReads reads, Duration stallTimeout) {
    this.calls = calls;
    this.node = node;
    this.reads = reads;
    this.snapshots = new SnapshotSender(node);
    this.stallTimeout = stallTimeout;
  }

  @Override
  public void getIdentity(GetIdentityRequest request, StreamObserver<GetIdentityResponse> out) {
    calls.answer(
        out,
        _ -> {
          ClusterNode.Identity identity = node.identity();
          return GetIdentityResponse.newBuilder()
              .setIdentity(Answers.identity(identity.member(), identity.clusterId().orElse("")))
              .setVersion(identity.version())
              .build();
        });
  }

  @Override
  public void initCluster(InitClusterRequest request, StreamObserver<InitClusterResponse> out) {
    calls.answer(
        out,
        _ -> {
          List<Member> members =
              FoundingMembers.check(request.getMembersList(), node.identity().member());
          String clusterId =
              node.initCluster(members, FoundingMembers.chunkGroups(request.getChunkGroups()));
          return InitClusterResponse.newBuilder().setClusterId(clusterId).build();
        });
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> out) {
    calls.answer(out, _ -> status());
  }

  private GetStatusResponse status() {
    ClusterNode.Identity identity = node.identity();
    String clusterId = identity.clusterId().orElse("");
    ClusterNode.Condition condition = node.condition();
    GetStatusResponse.Builder answer =
        GetStatusResponse.newBuilder()
            .setIdentity(Answers.identity(identity.member(), clusterId))
            .setResidentBytes(condition.residentBytes())
            .setUptimeMs(condition.uptime().toMillis())
            .addAllProblems(BeatMessages.toWire(condition.problems()));
    node.members().forEach(member -> answer.addMembers(Answers.identity(member, clusterId)));
    condition.replicas().forEach(replica -> answer.addGroups(group(replica)));
    catalog()
        .ifPresent(
            catalog -> {
              FreshReads.ageMillis(catalog).ifPresent(answer::setAgeMs);
              try (ClosableView view = catalog.view()) {
                answer.setRevision(view.head().revision());
              } catch (ReplicaClosed e) {
                answer.clearAgeMs();
              }
            });
    return answer.build();
  }

  /** Empty while the groups start or stop, too: the status of a node is told even then. */
  private Optional<CatalogGroup> catalog() {
    try {
      return node.groups().map(ClusterNode.Groups::catalog);
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static GroupStatus group(ClusterNode.Replica replica) {
    ClusterNode.Progress progress = replica.progress();
    ClusterNode.State state = replica.state();
    return GroupStatus.newBuilder()
        .setName(replica.name().text())
        .setGroupId(replica.groupId())
        .setRole(
            switch (replica.role()) {
              case LEADER -> GroupRole.GROUP_ROLE_LEADER;
              case FOLLOWER -> GroupRole.GROUP_ROLE_FOLLOWER;
              case CANDIDATE -> GroupRole.GROUP_ROLE_CANDIDATE;
              case LISTENER -> GroupRole.GROUP_ROLE_LISTENER;
              case ABSENT -> GroupRole.GROUP_ROLE_ABSENT;
            })
        .setLeaderNodeId(progress.leaderNodeId().orElse(""))
        .setTerm(progress.term())
        // Before the first entry there is no index; the wire has no negative ones.
        .setCommitIndex(Math.max(0, progress.commitIndex()))
        .setAppliedIndex(Math.max(0, progress.appliedIndex()))
        .setSnapshotIndex(Math.max(0, progress.snapshotIndex()))
        .setDigest(UnsafeByteOperations.unsafeWrap(state.digest().toBytes()))
        .setDigestIndex(Math.max(0, state.digestIndex()))
        .setLogBytes(state.logBytes())
        .setChunks(state.chunks())
        .setChunkBytes(state.chunkBytes())
        .setAbsence(replica.absence().orElse(""))
        .build();
  }

  @Override
  public void confirmIndex(ConfirmIndexRequest request, StreamObserver<ConfirmIndexResponse> out) {
    calls.answer(
        out,
        budget -> {
          var name = Fields.group(request.getGroup());
          Durability asked = Fields.durability(request.getDurability());
          return confirm(reads.groups().named(name), asked, budget);
        });
  }

  @Override
  public void fetchSnapshot(
      FetchSnapshotRequest request, StreamObserver<FetchSnapshotResponse> out) {
    var call = (ServerCallStreamObserver<FetchSnapshotResponse>) out;
    ReadyStream<FetchSnapshotResponse> stream = new ReadyStream<>(call, stallTimeout);
    calls.stream(call, () -> snapshots.send(request, stream));
  }

  @Override
  public void holdLog(HoldLogRequest request, StreamObserver<HoldLogResponse> out) {
    calls.answer(
        out,
        _ -> {
          node.holdLog(Fields.group(request.getGroup()), LogHolds.HELD);
          return HoldLogResponse.getDefaultInstance();
        });
  }

  private static ConfirmIndexResponse confirm(Group group, Durability asked, Budget budget) {
    return switch (group.confirm(budget.left())) {
      case Outcome.Committed<LogPosition>(LogPosition at, var _) ->
          ConfirmIndexResponse.newBuilder()
              .setTerm(at.term())
              .setIndex(at.index())
              .setDurability(proven(group, at, asked, budget))
              .build();
      case Outcome.NotLeader<LogPosition>(Optional<Member> leader) ->
          throw Problems.noLeader(group.name().text(), leader).refusal();
      case Outcome.Overloaded<LogPosition>() -> throw Problems.overloaded().refusal();
      // A barrier changes nothing, so nothing is unknown but whether this node still leads.
      case Outcome.Unknown<LogPosition>(String _) ->
          throw Problems.noLeader(group.name().text(), group.leader()).refusal();
    };
  }

  private static Durability proven(Group group, LogPosition at, Durability asked, Budget budget) {
    return asked == Durability.DURABILITY_ALL && group.awaitAll(at.index(), budget.left())
        ? Durability.DURABILITY_ALL
        : Durability.DURABILITY_MAJORITY;
  }
}
