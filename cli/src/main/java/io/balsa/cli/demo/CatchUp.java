package io.balsa.cli.demo;

import io.balsa.cli.local.Convergence;
import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Table;
import io.balsa.cli.render.Text;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Step 5: the killed node comes back and catches up. */
record CatchUp(Scene scene) {
  private static final Duration MAX = Duration.ofSeconds(90);
  private static final Duration LINE_BEAT = Duration.ofMillis(500);

  /**
   * Starts the node and waits until all replicas agree.
   *
   * @return the revision that all nodes are at
   */
  long run(NodeProcess killed) throws IOException, InterruptedException {
    long begun = scene.pace().now();
    scene
        .cluster()
        .restart(
            killed, endpoint -> scene.scout().cluster().identity(endpoint).isYes(), scene.pace());
    scene
        .narrator()
        .say(killed.id() + " answers again after " + Amounts.duration(scene.pace().since(begun)));
    Pace.Deadline deadline = scene.pace().deadline(MAX);
    String shown = "";
    long shownNanos = begun;
    while (true) {
      List<NodeStatus> status = scene.scout().cluster().status();
      switch (Convergence.of(status, LocalCluster.NODES)) {
        case Convergence.Agreed(long revision, _) -> {
          tell(status, revision, scene.pace().since(begun));
          return revision;
        }
        case Convergence.Diverged(String what) ->
            throw new DemoFailed("replicas hold different states: " + what);
        case Convergence.Waiting(String what) -> {
          if (deadline.isOver()) {
            throw new DemoFailed("after " + MAX.toSeconds() + " s still: " + what);
          }
          if (!what.equals(shown) && scene.pace().since(shownNanos).compareTo(LINE_BEAT) >= 0) {
            scene.narrator().say("catching up: " + what);
            shown = what;
            shownNanos = scene.pace().now();
          }
        }
      }
      scene.pace().rest();
    }
  }

  private void tell(List<NodeStatus> status, long revision, Duration took) {
    Map<String, List<String>> rows = new TreeMap<>();
    List<String> titles = new ArrayList<>(List.of("group"));
    for (NodeStatus node : status) {
      if (node instanceof NodeStatus.Reachable up) {
        titles.add(up.identity().nodeId());
        for (ReplicaReport replica : up.replicas()) {
          rows.computeIfAbsent(replica.group(), group -> new ArrayList<>(List.of(group)))
              .add(Text.digest(replica.digest()) + " at " + replica.digestIndex());
        }
      }
    }
    Table table = new Table(titles.toArray(String[]::new));
    rows.values().forEach(row -> table.row(row.toArray(String[]::new)));
    scene
        .narrator()
        .say(
            String.format(
                "all three are at revision %d with the same replica digests, %s after the start:",
                revision, Amounts.duration(took)));
    scene.narrator().say(table.lines());
  }

  /** What each node's process keeps in memory, by node. */
  static Map<String, Long> residentBytes(List<NodeStatus> status) {
    Map<String, Long> memory = new TreeMap<>();
    for (NodeStatus node : status) {
      Optional.of(node)
          .filter(NodeStatus.Reachable.class::isInstance)
          .map(NodeStatus.Reachable.class::cast)
          .ifPresent(up -> memory.put(up.identity().nodeId(), up.health().residentBytes()));
    }
    return memory;
  }
}
