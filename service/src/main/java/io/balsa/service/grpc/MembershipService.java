package io.balsa.service.grpc;

import io.balsa.api.v1.ChangeReplicaRequest;
import io.balsa.api.v1.ChangeReplicaResponse;
import io.balsa.api.v1.MembershipGrpc;
import io.balsa.api.v1.ReplicaChange;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaChanges;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** The members of a group. Thread-safe. */
final class MembershipService extends MembershipGrpc.MembershipImplBase {
  private final Calls calls;
  private final ClusterNode node;

  MembershipService(Calls calls, ClusterNode node) {
    this.calls = calls;
    this.node = node;
  }

  @Override
  public void changeReplica(
      ChangeReplicaRequest request, StreamObserver<ChangeReplicaResponse> out) {
    calls.answer(
        out,
        budget -> {
          GroupName group = Fields.group(request.getGroup());
          String peerId = FoundingMembers.peerId("peer_id", request.getPeerId());
          ReplicaChanges.Change change = change(request.getChange());
          return answer(group, node.changeReplica(group, peerId, change, budget.left()));
        });
  }

  private static ReplicaChanges.Change change(ReplicaChange given) {
    return switch (given) {
      case REPLICA_CHANGE_REMOVE -> ReplicaChanges.Change.REMOVE;
      case REPLICA_CHANGE_ADD -> ReplicaChanges.Change.ADD;
      case REPLICA_CHANGE_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidField("change", String.valueOf(given), "REPLICA_CHANGE_REMOVE or _ADD");
    };
  }

  private static ChangeReplicaResponse answer(GroupName group, Outcome<LogPosition> outcome) {
    return switch (outcome) {
      case Outcome.Committed<LogPosition>(LogPosition at, var _) ->
          ChangeReplicaResponse.newBuilder().setTerm(at.term()).setIndex(at.index()).build();
      case Outcome.NotLeader<LogPosition>(Optional<Member> leader) ->
          throw Problems.noLeader(group.text(), leader).refusal();
      case Outcome.Overloaded<LogPosition>() -> throw Problems.overloaded().refusal();
      case Outcome.Unknown<LogPosition>(String why) -> throw Problems.notNow(why).refusal();
    };
  }
}
