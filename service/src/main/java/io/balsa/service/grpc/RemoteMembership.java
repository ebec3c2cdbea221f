package io.balsa.service.grpc;

import io.balsa.api.v1.ChangeReplicaRequest;
import io.balsa.api.v1.ChangeReplicaResponse;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.MembershipGrpc;
import io.balsa.api.v1.ReplicaChange;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.consensus.ReplicaChanges;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks leaders on other nodes, by {@code Membership.ChangeReplica}. Thread-safe. */
public final class RemoteMembership implements ReplicaChanges.Asking {
  private final PeerChannels channels;
  private final String selfPeerId;

  /**
   * Asks through these connections.
   *
   * @param selfPeerId whose replicas it is about
   */
  public RemoteMembership(PeerChannels channels, String selfPeerId) {
    this.channels = channels;
    this.selfPeerId = selfPeerId;
  }

  @Override
  public Outcome<LogPosition> ask(
      Member leader, GroupName group, ReplicaChanges.Change change, Duration timeout) {
    ChangeReplicaRequest request =
        ChangeReplicaRequest.newBuilder()
            .setGroup(group.text())
            .setPeerId(selfPeerId)
            .setChange(
                switch (change) {
                  case REMOVE -> ReplicaChange.REPLICA_CHANGE_REMOVE;
                  case ADD -> ReplicaChange.REPLICA_CHANGE_ADD;
                })
            .build();
    try {
      ChangeReplicaResponse answer =
          MembershipGrpc.newBlockingStub(channels.to(leader.clientAddress()))
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .changeReplica(request);
      LogPosition at = new LogPosition(answer.getTerm(), answer.getIndex());
      return new Outcome.Committed<>(at, at);
    } catch (StatusRuntimeException e) {
      Optional<Problem> problem = Problem.of(e);
      return problem
              .filter(known -> known.reason() == ErrorReason.ERROR_REASON_NO_LEADER)
              .isPresent()
          ? new Outcome.NotLeader<>(Optional.empty())
          : new Outcome.Unknown<>(leader.nodeId() + ": " + e.getStatus().getDescription());
    }
  }
}
