package io.balsa.client;

import io.balsa.client.model.CollectionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.Result;
import java.util.List;
import java.util.function.Consumer;

/** The cluster: how it is formed and how it is. Thread-safe; every method blocks. */
public interface Cluster {
  /** Asks a node who it is. Works before the cluster is formed. */
  Result<NodeIdentity> identity(Endpoint endpoint);

  /**
   * Forms a cluster of these nodes and waits until each of them knows a leader of every group. Safe
   * to repeat with the same nodes, and the way to settle an unknown outcome.
   *
   * @param endpoints 1, 3 or 5 nodes
   * @param chunkGroups 1 to 64
   */
  Result<FormedCluster> init(List<Endpoint> endpoints, int chunkGroups, InitListener listener);

  /**
   * Asks every node that is known how it is, in the order of their names; those that do not answer
   * are listed, too. Needs no quorum.
   */
  List<NodeStatus> status();

  /**
   * Runs a round of collection on the catalog's leader, and waits for its end, however long that
   * takes. Safe to repeat: what a round did stays done, and the next one goes on. Refused as
   * UNAVAILABLE where nobody leads the catalog, or not to the end of the round.
   *
   * @param now true: as if retention and grace were over, so that reads of older revisions are
   *     refused from then on; versions stay
   * @param listener told how far the round is, on a thread of its own
   */
  Result<CollectionProgress> collect(boolean now, Consumer<CollectionProgress> listener);
}
