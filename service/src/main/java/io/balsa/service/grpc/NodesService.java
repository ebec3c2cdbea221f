package io.balsa.service.grpc;

import io.balsa.api.v1.CompactRequest;
import io.balsa.api.v1.CompactResponse;
import io.balsa.api.v1.GetMaintenanceRequest;
import io.balsa.api.v1.GetMaintenanceResponse;
import io.balsa.api.v1.NodesGrpc;
import io.balsa.api.v1.ScrubRequest;
import io.balsa.api.v1.ScrubResponse;
import io.balsa.api.v1.ScrubStatus;
import io.balsa.api.v1.StoreStatus;
import io.balsa.api.v1.TakeSnapshotRequest;
import io.balsa.api.v1.TakeSnapshotResponse;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.replica.StoreClosed;
import io.balsa.service.upkeep.Job;
import io.balsa.service.upkeep.Progress;
import io.balsa.service.upkeep.Upkeep;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The care for what is stored on this node. Thread-safe. */
final class NodesService extends NodesGrpc.NodesImplBase {
  /** How often progress is told. */
  private static final Duration BEAT = Duration.ofMillis(200);

  private static final long BYTES_PER_SECOND_MAX = 1L << 40;

  private final Calls calls;
  private final ClusterNode node;
  private final Duration stallTimeout;
  private final ToLeader.Pause pause;

  NodesService(Calls calls, ClusterNode node, Duration stallTimeout, ToLeader.Pause pause) {
    this.calls = calls;
    this.node = node;
    this.stallTimeout = stallTimeout;
    this.pause = pause;
  }

  @Override
  public void scrub(ScrubRequest request, StreamObserver<ScrubResponse> out) {
    stream(
        out,
        stream -> {
          Predicate<GroupName> which = groups(request.getGroup(), true);
          long rate =
              Fields.number(
                  "bytes_per_second", request.getBytesPerSecond(), 0, BYTES_PER_SECOND_MAX);
          Upkeep upkeep = node.upkeep();
          follow(
              upkeep.scrub(which, rate),
              stream,
              progress ->
                  ScrubResponse.newBuilder()
                      .setAt(progress.at())
                      .setBytesDone(progress.bytesDone())
                      .setBytesTotal(progress.bytesTotal())
                      .setFound(progress.found())
                      .setLost(upkeep.lost(which))
                      .build());
        });
  }

  @Override
  public void compact(CompactRequest request, StreamObserver<CompactResponse> out) {
    stream(
        out,
        stream -> {
          Predicate<GroupName> which = groups(request.getGroup(), false);
          follow(
              node.upkeep().compact(which),
              stream,
              progress ->
                  CompactResponse.newBuilder()
                      .setAt(progress.at())
                      .setBytesDone(progress.bytesDone())
                      .setFreedBytes(progress.freedBytes())
                      .build());
        });
  }

  /** What writes to a stream. */
  @FunctionalInterface
  private interface Streaming<R> {
    void to(ReadyStream<R> stream) throws InterruptedException;
  }

  private <R> void stream(StreamObserver<R> out, Streaming<R> work) {
    var call = (ServerCallStreamObserver<R>) out;
    ReadyStream<R> stream = new ReadyStream<>(call, stallTimeout);
    calls.stream(call, () -> work.to(stream));
  }

  /** Tells a job's progress until its end; ends it when the caller goes away. */
  private static <R> void follow(
      Optional<Job> started, ReadyStream<R> out, Function<Progress, R> answer)
      throws InterruptedException {
    try (Job job = started.orElseThrow(() -> Problems.tooManyJobs().refusal())) {
      boolean ended = false;
      while (!ended) {
        ended = job.await(BEAT);
        out.send(answer.apply(job.progress()));
      }
      if (job.failure().isPresent()) {
        throw failure(job.failure().get());
      }
    }
  }

  private static RuntimeException failure(Throwable cause) {
    return cause instanceof StoreClosed
        ? Problems.notServing().refusal()
        : new IllegalStateException("a job failed", cause);
  }

  /** The groups that a request means. */
  private Predicate<GroupName> groups(String given, boolean catalogToo) {
    if (given.isEmpty()) {
      return _ -> true;
    }
    GroupName name = Fields.group(given);
    if (name.isCatalog() && !catalogToo) {
      throw new InvalidField("group", given, "a chunk group, or empty for all of them");
    }
    var _ = node.groups().orElseThrow(() -> Problems.notInitialized().refusal()).named(name);
    return name::equals;
  }

  @Override
  public void takeSnapshot(TakeSnapshotRequest request, StreamObserver<TakeSnapshotResponse> out) {
    stream(
        out,
        stream -> {
          Predicate<GroupName> which = groups(request.getGroup(), true);
          for (ClusterNode.Replica replica : node.condition().replicas()) {
            if (which.test(replica.name())) {
              stream.send(takeSnapshot(replica, stream));
            }
          }
        });
  }

  private TakeSnapshotResponse takeSnapshot(
      ClusterNode.Replica before, ReadyStream<TakeSnapshotResponse> out)
      throws InterruptedException {
    long wanted = before.progress().appliedIndex();
    Budget budget = calls.step();
    ask(before.name());
    while (true) {
      // Entry 0 is the group's first configuration, of which a store holds nothing.
      long there = Math.max(0, snapshotIndex(before.name()));
      if (there >= wanted) {
        return TakeSnapshotResponse.newBuilder()
            .setGroup(before.name().text())
            .setIndex(there)
            .build();
      }
      if (budget.isOver() || out.isCancelled()) {
        throw Problems.snapshotHeld(before.name().text()).refusal();
      }
      pause.pause(BEAT);
    }
  }

  private void ask(GroupName group) {
    try {
      node.requestSnapshot(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long snapshotIndex(GroupName group) {
    List<ClusterNode.Replica> replicas = node.condition().replicas();
    return replicas.stream()
        .filter(replica -> replica.name().equals(group))
        .mapToLong(replica -> replica.progress().snapshotIndex())
        .findFirst()
        .orElseThrow(() -> Problems.notServing().refusal());
  }

  @Override
  public void getMaintenance(
      GetMaintenanceRequest request, StreamObserver<GetMaintenanceResponse> out) {
    calls.answer(out, _ -> maintenance(node.upkeep()));
  }

  private static GetMaintenanceResponse maintenance(Upkeep upkeep) {
    Upkeep.ScrubState scrub = upkeep.scrubState();
    GetMaintenanceResponse.Builder answer =
        GetMaintenanceResponse.newBuilder()
            .setScrub(
                ScrubStatus.newBuilder()
                    .setEnabled(scrub.enabled())
                    .setAt(scrub.at())
                    .setStartedMs(scrub.startedMillis())
                    .setBytesDone(scrub.bytesDone())
                    .setBytesTotal(scrub.bytesTotal())
                    .setFound(scrub.found())
                    .setCompletedMs(scrub.completedMillis()))
            .setRepaired(upkeep.repaired());
    upkeep
        .health()
        .forEach(
            (group, health) ->
                answer.addStores(
                    StoreStatus.newBuilder()
                        .setGroup(group.text())
                        .setLost(health.lost())
                        .setPackBytes(health.packBytes())
                        .setLiveBytes(health.liveBytes())
                        .setDamagedPacks(health.damagedPacks())));
    return answer.build();
  }
}
