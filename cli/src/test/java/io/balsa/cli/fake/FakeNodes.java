package io.balsa.cli.fake;

import io.balsa.client.Cluster;
import io.balsa.client.Nodes;
import io.balsa.client.model.CollectionProgress;
import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.GroupSnapshot;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.Result;
import io.balsa.client.model.ScrubProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Nodes of a cluster that hold nothing: the first that is up leads.
 *
 * @param up asks who is at an endpoint; empty where nobody is
 */
public record FakeNodes(Function<Endpoint, Optional<String>> up) {
  private static final String CLUSTER_ID = "c0ffee";

  /** Nodes that are always up and have the names of their ports. */
  public static FakeNodes always() {
    return new FakeNodes(endpoint -> Optional.of("n" + endpoint.port()));
  }

  String name(Endpoint endpoint) {
    return up.apply(endpoint).orElse("nobody");
  }

  private static NodeIdentity identity(String name, Endpoint endpoint) {
    return new NodeIdentity(
        name, "peer-" + name, CLUSTER_ID, "127.0.0.1:9", endpoint.toString(), "test");
  }

  Cluster cluster(FakeStore store, List<Endpoint> endpoints) {
    return new Cluster() {
      @Override
      public Result<CollectionProgress> collect(
          boolean now, Consumer<CollectionProgress> listener) {
        listener.accept(new CollectionProgress(CollectionProgress.Step.ORPHANS, 8, 3, 1, 0));
        return Result.yes(
            new CollectionProgress(CollectionProgress.Step.DONE, 8, 3, 2, now ? 2 : 0));
      }

      @Override
      public Result<NodeIdentity> identity(Endpoint endpoint) {
        return up.apply(endpoint)
            .<Result<NodeIdentity>>map(name -> Result.yes(FakeNodes.identity(name, endpoint)))
            .orElseGet(() -> Result.no(nobody()));
      }

      @Override
      public Result<FormedCluster> init(
          List<Endpoint> founders, int chunkGroups, InitListener listener) {
        List<NodeIdentity> members = new ArrayList<>();
        for (Endpoint founder : founders) {
          NodeIdentity member = identity(founder).orElseThrow();
          listener.found(founder, member);
          members.add(member);
        }
        return Result.yes(new FormedCluster(CLUSTER_ID, members, chunkGroups));
      }

      @Override
      public List<NodeStatus> status() {
        List<NodeStatus> all = new ArrayList<>();
        Optional<String> leader = Optional.empty();
        for (Endpoint endpoint : endpoints) {
          Optional<String> name = up.apply(endpoint);
          leader = leader.or(() -> name);
          all.add(FakeNodes.status(endpoint, name, leader, store.revision()));
        }
        return all;
      }
    };
  }

  /** Nodes whose scrub finds as many bad chunks as their port's last digit, and repairs half. */
  Nodes nodes() {
    return new Nodes() {
      @Override
      public Result<NodeUpkeep> upkeep(Endpoint node) {
        ScrubProgress at = new ScrubProgress("chunks-1/packs", 50, 200, 2, 1);
        return Result.yes(
            new NodeUpkeep(
                new NodeUpkeep.Scrub(
                    true, Optional.of(Instant.ofEpochSecond(1)), Optional.empty(), at),
                List.of(new NodeUpkeep.Store("chunks-1", 1, 4_000, 3_000, 1)),
                7));
      }

      @Override
      public Result<ScrubProgress> scrub(
          Endpoint node, String group, long bytesPerSecond, Consumer<ScrubProgress> listener) {
        long found = node.port() % 10;
        listener.accept(new ScrubProgress("chunks-1/packs", 50, 200, 0, found));
        ScrubProgress end = new ScrubProgress("chunks-1/packs", 200, 200, found, found / 2);
        listener.accept(end);
        return Result.yes(end);
      }

      @Override
      public Result<CompactionProgress> compact(
          Endpoint node, String group, Consumer<CompactionProgress> listener) {
        CompactionProgress end = new CompactionProgress(group, 200, 100);
        listener.accept(end);
        return Result.yes(end);
      }

      @Override
      public Result<List<GroupSnapshot>> takeSnapshot(
          Endpoint node, String group, Consumer<GroupSnapshot> listener) {
        GroupSnapshot only = new GroupSnapshot(group.isEmpty() ? "catalog" : group, 9);
        listener.accept(only);
        return Result.yes(List.of(only));
      }
    };
  }

  private static NodeStatus status(
      Endpoint endpoint, Optional<String> name, Optional<String> leader, long revision) {
    if (name.isEmpty()) {
      return new NodeStatus.Unreachable(endpoint, Optional.empty(), nobody());
    }
    GroupRole role = name.equals(leader) ? GroupRole.LEADER : GroupRole.FOLLOWER;
    ReplicaReport replica =
        new ReplicaReport(
            "catalog",
            "group-1",
            role,
            leader.orElse(""),
            new ReplicaReport.Position(3, revision, revision, 0),
            String.format("%064x", revision),
            revision,
            new ReplicaReport.Volume(4_096, 0, 0),
            role == GroupRole.LEADER ? "" : "its log is broken");
    return new NodeStatus.Reachable(
        endpoint,
        identity(name.get(), endpoint),
        List.of(),
        List.of(replica),
        revision,
        new NodeStatus.Health(
            Optional.of(Duration.ofMillis(3)),
            200_000_000,
            Duration.ofSeconds(65),
            List.of(
                new NodeStatus.Problem("DISK_LOW", "5 bytes are free", Duration.ofSeconds(4)))));
  }

  private static Refusal nobody() {
    return Refusal.of(RefusalCode.UNAVAILABLE, "", "connection refused");
  }
}
