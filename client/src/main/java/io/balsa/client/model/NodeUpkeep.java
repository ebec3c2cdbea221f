package io.balsa.client.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How what is stored on a node is.
 *
 * @param scrub where the scrub is that goes on by itself
 * @param stores of the chunk groups
 * @param repaired chunks put back from other members since the process started
 */
public record NodeUpkeep(Scrub scrub, List<Store> stores, long repaired) {
  /** Takes a copy. */
  public NodeUpkeep {
    stores = List.copyOf(stores);
  }

  /**
   * A scrub that goes on by itself.
   *
   * @param enabled false: it is switched off
   * @param started when its round began, or the last one did
   * @param completed when the last whole round ended
   * @param progress in its round; {@code at} is empty between two, {@code lost} of all groups
   */
  public record Scrub(
      boolean enabled,
      Optional<Instant> started,
      Optional<Instant> completed,
      ScrubProgress progress) {}

  /**
   * A chunk group's store.
   *
   * @param group "chunks-&lt;n&gt;"
   * @param lost chunks that wait for repair; other members serve them
   * @param packBytes in all packs
   * @param liveBytes of those, bytes that belong to chunks of the group
   * @param damagedPacks packs that are being given up
   */
  public record Store(String group, long lost, long packBytes, long liveBytes, int damagedPacks) {}
}
