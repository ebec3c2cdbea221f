package io.balsa.client;

import com.google.protobuf.MessageLite;
import io.balsa.api.v1.CompactRequest;
import io.balsa.api.v1.GetMaintenanceRequest;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ScrubRequest;
import io.balsa.api.v1.TakeSnapshotRequest;
import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupSnapshot;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.Result;
import io.balsa.client.model.ScrubProgress;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.UpkeepFromWire;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Nodes over RPC. */
final class RemoteNodes implements Nodes {
  /** No scrub takes longer, and a call must have some deadline. */
  private static final Duration WORK_MAX = Duration.ofDays(30);

  private final Router router;

  RemoteNodes(Router router) {
    this.router = router;
  }

  @Override
  public Result<NodeUpkeep> upkeep(Endpoint node) {
    return router.run(
        Call.read(
            NodesGrpc.getGetMaintenanceMethod(),
            GetMaintenanceRequest.getDefaultInstance(),
            new Aim.Only(node),
            UpkeepFromWire::upkeep));
  }

  @Override
  public Result<ScrubProgress> scrub(
      Endpoint node, String group, long bytesPerSecond, Consumer<ScrubProgress> listener) {
    return watch(
        NodesGrpc.getScrubMethod(),
        ScrubRequest.newBuilder().setGroup(group).setBytesPerSecond(bytesPerSecond).build(),
        node,
        UpkeepFromWire::scrub,
        listener);
  }

  @Override
  public Result<CompactionProgress> compact(
      Endpoint node, String group, Consumer<CompactionProgress> listener) {
    return watch(
        NodesGrpc.getCompactMethod(),
        CompactRequest.newBuilder().setGroup(group).build(),
        node,
        UpkeepFromWire::compaction,
        listener);
  }

  @Override
  public Result<List<GroupSnapshot>> takeSnapshot(
      Endpoint node, String group, Consumer<GroupSnapshot> listener) {
    // At most one a group.
    List<GroupSnapshot> all = Collections.synchronizedList(new ArrayList<>());
    return watch(
            NodesGrpc.getTakeSnapshotMethod(),
            TakeSnapshotRequest.newBuilder().setGroup(group).build(),
            node,
            UpkeepFromWire::snapshot,
            (GroupSnapshot done) -> {
              all.add(done);
              listener.accept(done);
            })
        .map(_ -> List.copyOf(all));
  }

  private <Q, A extends MessageLite, R> Result<R> watch(
      MethodDescriptor<Q, A> method,
      Q request,
      Endpoint node,
      Function<A, R> translate,
      Consumer<R> listener) {
    return router.run(
        Call.watch(
            method,
            request,
            new Aim.Only(node),
            answer -> listener.accept(translate.apply(answer)),
            translate),
        WORK_MAX);
  }
}
