package io.balsa.client.model;

/** Is told how the forming of a cluster goes on; called on the caller's thread. */
public interface InitListener {
  /** Listens to nothing. */
  InitListener NONE = new InitListener() {};

  /** A founding member was found. */
  default void found(Endpoint endpoint, NodeIdentity identity) {}

  /** A node accepted the cluster. */
  default void accepted(Endpoint endpoint, String clusterId) {}

  /**
   * Waiting for leaders.
   *
   * @param ready groups with a leader that every node knows
   * @param wanted groups in all, the catalog among them
   */
  default void waiting(int ready, int wanted) {}
}
