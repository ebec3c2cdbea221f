package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.NodeIdentity;
import io.balsa.service.consensus.Member;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the nodes with which this one is to found a cluster whether they belong to another one. A
 * node whose data was lost is new and knows nothing; the others know who it was. Thread-safe.
 */
public final class FounderCheck {
  private static final Logger log = LoggerFactory.getLogger(FounderCheck.class);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  private final PeerChannels channels;

  /** Asks through these connections. */
  public FounderCheck(PeerChannels channels) {
    this.channels = channels;
  }

  /**
   * Looks whether the others are free for a cluster. One that does not answer counts as free.
   *
   * @param members of the new cluster
   * @param clusterId its id
   * @param self this node
   * @throws Refusal {@link Problems#otherCluster}, with what to do
   */
  public void requireFree(List<Member> members, String clusterId, Member self) {
    for (Member member : members) {
      if (!member.equals(self)) {
        Optional<GetStatusResponse> status = statusOf(member);
        if (status.isPresent()) {
          requireFree(status.get(), clusterId, self);
        }
      }
    }
  }

  private static void requireFree(GetStatusResponse status, String clusterId, Member self) {
    String other = status.getIdentity().getClusterId();
    if (other.isEmpty() || other.equals(clusterId)) {
      return;
    }
    Optional<String> former =
        status.getMembersList().stream()
            .filter(known -> known.getNodeId().equals(self.nodeId()))
            .map(NodeIdentity::getPeerId)
            .findFirst();
    throw former
        .map(peerId -> Problems.formerMember(other, peerId, self.peerId()))
        .orElseGet(() -> Problems.memberOfOther(status.getIdentity().getNodeId(), other))
        .refusal();
  }

  private Optional<GetStatusResponse> statusOf(Member member) {
    try {
      return Optional.of(
          ClusterGrpc.newBlockingStub(channels.to(member.clientAddress()))
              .withDeadlineAfter(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)
              .getStatus(GetStatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      log.atDebug().setCause(e).log("{} does not say where it belongs", member.nodeId());
      return Optional.empty();
    }
  }
}
