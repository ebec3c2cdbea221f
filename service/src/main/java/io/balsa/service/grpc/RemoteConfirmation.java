package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.ConfirmIndexRequest;
import io.balsa.api.v1.ConfirmIndexResponse;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.GroupWiring;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks a leader on another node, by {@code Cluster.ConfirmIndex}. Thread-safe. */
public final class RemoteConfirmation implements GroupWiring.RemoteConfirm {
  private final PeerChannels channels;

  /** Asks through these connections. */
  public RemoteConfirmation(PeerChannels channels) {
    this.channels = channels;
  }

  @Override
  public Outcome<LogPosition> confirm(Member leader, GroupName group, Duration timeout) {
    try {
      ConfirmIndexResponse answer =
          ClusterGrpc.newBlockingStub(channels.to(leader.clientAddress()))
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .confirmIndex(ConfirmIndexRequest.newBuilder().setGroup(group.text()).build());
      LogPosition at = new LogPosition(answer.getTerm(), answer.getIndex());
      return new Outcome.Committed<>(at, at);
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case UNAVAILABLE -> new Outcome.NotLeader<>(Optional.empty());
        case RESOURCE_EXHAUSTED -> new Outcome.Overloaded<>();
        default -> new Outcome.Unknown<>(e.getStatus().toString());
      };
    }
  }
}
