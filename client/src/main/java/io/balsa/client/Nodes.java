package io.balsa.client;

import io.balsa.client.model.CompactionProgress;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupSnapshot;
import io.balsa.client.model.NodeUpkeep;
import io.balsa.client.model.Result;
import io.balsa.client.model.ScrubProgress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Single nodes: the care for what is stored on them. Thread-safe; every method blocks. What runs
 * for long has no deadline, asks the node once, and ends there when the caller is interrupted or
 * the client is closed, which leaves everything whole. A node that does too much of it already
 * refuses.
 *
 * <p>Everywhere {@code group} is "catalog" or "chunks-&lt;n&gt;", or empty for all of the node's,
 * and a listener is told how far it is, on another thread, one call at a time.
 */
public interface Nodes {
  /** Tells how what is stored is. */
  Result<NodeUpkeep> upkeep(Endpoint node);

  /**
   * Reads everything, checks it, and waits up to a minute for what is bad to be repaired.
   *
   * @param bytesPerSecond how fast to read; 0 for as fast as the disk does
   */
  Result<ScrubProgress> scrub(
      Endpoint node, String group, long bytesPerSecond, Consumer<ScrubProgress> listener);

  /** Gives the space of deleted chunks back to the disk; the catalog's group is refused. */
  Result<CompactionProgress> compact(
      Endpoint node, String group, Consumer<CompactionProgress> listener);

  /**
   * Makes everything that is applied durable in the stores, upon which logs are cut behind it.
   *
   * @param listener told of each group
   */
  Result<List<GroupSnapshot>> takeSnapshot(
      Endpoint node, String group, Consumer<GroupSnapshot> listener);
}
