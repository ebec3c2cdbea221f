package io.balsa.client.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a node is, as far as it can be asked. */
public sealed interface NodeStatus {
  /** Where it was asked. */
  Endpoint endpoint();

  /**
   * It answered.
   *
   * @param endpoint where it was asked
   * @param identity who it is
   * @param members every member that it knows
   * @param replicas the replicas on it
   * @param revision the catalog revision applied there
   * @param health how it feels
   */
  record Reachable(
      Endpoint endpoint,
      NodeIdentity identity,
      List<NodeIdentity> members,
      List<ReplicaReport> replicas,
      long revision,
      Health health)
      implements NodeStatus {
    /** Takes copies. */
    public Reachable {
      members = List.copyOf(members);
      replicas = List.copyOf(replicas);
    }
  }

  /**
   * It did not answer.
   *
   * @param endpoint where it was asked
   * @param nodeId its name, where another node told it
   * @param why what went wrong
   */
  record Unreachable(Endpoint endpoint, Optional<String> nodeId, Refusal why)
      implements NodeStatus {}

  /**
   * A node's own numbers.
   *
   * @param age proven age of its catalog; empty where none is proven
   * @param residentBytes resident memory of the process; 0 where unknown
   * @param uptime since the process started
   * @param problems what is wrong with it
   */
  record Health(
      Optional<Duration> age, long residentBytes, Duration uptime, List<Problem> problems) {
    /** Takes a copy. */
    public Health {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Something that is wrong with a node.
   *
   * @param code what a program switches on
   * @param text what a person reads
   * @param since how long it has lasted
   */
  record Problem(String code, String text, Duration since) {}
}
