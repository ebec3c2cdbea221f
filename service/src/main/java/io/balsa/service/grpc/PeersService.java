package io.balsa.service.grpc;

import io.balsa.api.v1.BeatRequest;
import io.balsa.api.v1.BeatResponse;
import io.balsa.api.v1.PeersGrpc;
import io.balsa.api.v1.RecallRequest;
import io.balsa.api.v1.RecallResponse;
import io.balsa.model.GroupName;
import io.balsa.raftlog.Mark;
import io.balsa.service.neighbours.Beat;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** What members tell each other. Thread-safe. */
final class PeersService extends PeersGrpc.PeersImplBase {
  private final Calls calls;
  private final ClusterNode node;

  PeersService(Calls calls, ClusterNode node) {
    this.calls = calls;
    this.node = node;
  }

  @Override
  public void beat(BeatRequest request, StreamObserver<BeatResponse> out) {
    calls.answer(
        out,
        _ -> {
          Beat beat = BeatMessages.fromWire(request);
          node.heard(beat);
          return BeatResponse.getDefaultInstance();
        });
  }

  @Override
  public void recall(RecallRequest request, StreamObserver<RecallResponse> out) {
    calls.answer(
        out,
        _ -> {
          Map<GroupName, Mark> logs =
              node.recalled(
                  BeatMessages.id("cluster_id", request.getClusterId()),
                  BeatMessages.id("peer_id", request.getPeerId()),
                  BeatMessages.logs("yours", request.getYoursList()));
          return RecallResponse.newBuilder().addAllLogs(BeatMessages.logsToWire(logs)).build();
        });
  }
}
