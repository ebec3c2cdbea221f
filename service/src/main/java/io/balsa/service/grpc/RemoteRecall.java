package io.balsa.service.grpc;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.balsa.api.v1.PeersGrpc;
import io.balsa.api.v1.RecallRequest;
import io.balsa.api.v1.RecallResponse;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Mark;
import io.balsa.service.consensus.Member;
import io.balsa.service.neighbours.Recall;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks other members' front ends by {@code Peers.Recall}. Thread-safe. */
public final class RemoteRecall implements Recall {
  private static final long DEADLINE_MILLIS = 1_000;

  private final PeerChannels channels;
  private final String clusterId;
  private final String selfPeerId;

  /** Asks in the name of a member. */
  public RemoteRecall(PeerChannels channels, String clusterId, String selfPeerId) {
    this.channels = channels;
    this.clusterId = clusterId;
    this.selfPeerId = selfPeerId;
  }

  @Override
  public CompletableFuture<Map<GroupName, Mark>> ask(Member of, Map<GroupName, Mark> yours) {
    CompletableFuture<Map<GroupName, Mark>> answer = new CompletableFuture<>();
    RecallRequest request =
        RecallRequest.newBuilder()
            .setClusterId(clusterId)
            .setPeerId(selfPeerId)
            .addAllYours(BeatMessages.logsToWire(yours))
            .build();
    Futures.addCallback(
        PeersGrpc.newFutureStub(channels.to(of.clientAddress()))
            .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
            .recall(request),
        new FutureCallback<>() {
          @Override
          public void onSuccess(RecallResponse response) {
            answer.completeAsync(() -> BeatMessages.logs("logs", response.getLogsList()));
          }

          @Override
          public void onFailure(Throwable failure) {
            answer.completeExceptionally(failure);
          }
        },
        MoreExecutors.directExecutor());
    return answer;
  }
}
