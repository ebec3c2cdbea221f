package io.balsa.cli.demo;

import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.Pace;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ReplicaReport;
import java.time.Duration;
import java.util.Optional;

/**
 * What all steps play in.
 *
 * @param cluster the nodes
 * @param client for data
 * @param scout for looking at nodes that may be down: gives up soon
 * @param narrator tells the story
 * @param pace the clock
 */
record Scene(
    LocalCluster cluster, BalsaClient client, BalsaClient scout, Narrator narrator, Pace pace) {
  private static final String CATALOG = "catalog";

  /** A fact that is awaited. */
  @FunctionalInterface
  interface Fact {
    boolean holds() throws DemoFailed;
  }

  /**
   * Waits for a fact.
   *
   * @throws DemoFailed if it does not come in time
   */
  void await(String what, Duration atMost, Fact fact) throws DemoFailed, InterruptedException {
    Pace.Deadline deadline = pace.deadline(atMost);
    while (!fact.holds()) {
      if (deadline.isOver()) {
        throw new DemoFailed("waited " + atMost.toSeconds() + " s in vain for " + what);
      }
      pace.rest();
    }
  }

  /** The name of the node that says it leads the catalog. */
  Optional<String> catalogLeader() {
    for (NodeStatus status : scout.cluster().status()) {
      if (status instanceof NodeStatus.Reachable up
          && up.replicas().stream().anyMatch(Scene::leads)) {
        return Optional.of(up.identity().nodeId());
      }
    }
    return Optional.empty();
  }

  private static boolean leads(ReplicaReport replica) {
    return replica.group().equals(CATALOG) && replica.role() == GroupRole.LEADER;
  }
}
