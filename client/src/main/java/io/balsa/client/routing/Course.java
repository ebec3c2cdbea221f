package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The order in which a call tries nodes: each at most once a round, the believed leader before the
 * others where one is wanted. Confined to the pursuit's thread.
 */
final class Course {
  private final Aim aim;
  private final boolean bulky;
  private final Nodes nodes;
  private final Leaders leaders;
  private final Set<Endpoint> tried = new HashSet<>();

  Course(Aim aim, boolean bulky, Nodes nodes, Leaders leaders) {
    this.aim = aim;
    this.bulky = bulky;
    this.nodes = nodes;
    this.leaders = leaders;
  }

  /** The next node of this round; empty where each was tried. */
  Optional<Node> next() {
    return switch (aim) {
      case Aim.Only(Endpoint endpoint) -> nodes.at(endpoint).filter(this::isUntried);
      case Aim.Leader leader ->
          believedLeader().filter(this::isUntried).or(() -> firstUntried(nodes.nearestFirst()));
      case Aim.Nearest() -> firstUntried(bulky ? nodes.nearestInTurn() : nodes.nearestFirst());
    };
  }

  /** The believed leader where it was not tried in this round. */
  Optional<Node> nextLeader() {
    return believedLeader().filter(this::isUntried);
  }

  /** The believed leader, tried or not. */
  Optional<Node> believedLeader() {
    return aim instanceof Aim.Leader(String group)
        ? leaders.of(group).flatMap(nodes::at)
        : Optional.empty();
  }

  /** Begins a round in which these nodes count as tried. */
  void newRound(Collection<Endpoint> busy) {
    tried.clear();
    tried.addAll(busy);
  }

  /** This node is being tried. */
  void tries(Node node) {
    tried.add(node.endpoint());
  }

  private Optional<Node> firstUntried(List<Node> order) {
    return order.stream().filter(this::isUntried).findFirst();
  }

  private boolean isUntried(Node node) {
    return !tried.contains(node.endpoint());
  }
}
