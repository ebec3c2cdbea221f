package io.balsa.service.upkeep;

import io.balsa.replica.ChunkUpkeep.Health;
import java.io.IOException;

/**
 * When dead space is given back.
 *
 * @param bytesPerSecond of packs read, at most
 * @param deadBytesMin of a group, below which only damaged packs go by themselves
 * @param deadShareMax of a pack that stays, although its group has much dead space or somebody
 *     asked; 0 to 1
 * @param room for copies: what is alive in a pack is copied before the pack goes, which must not
 *     fill the disk
 */
public record CompactionRule(
    long bytesPerSecond, long deadBytesMin, double deadShareMax, Room room) {
  /** Looks at the disk. */
  @FunctionalInterface
  public interface Room {
    /** Bytes that may be copied now; 0 or less for none. */
    long bytes() throws IOException;
  }

  /** No pack has so large a dead share. */
  private static final double DAMAGED_ONLY = 2;

  /** Dead bytes of a group, as a share of its live ones, that are much. */
  private static final double GROUP_DEAD_SHARE_MAX = 0.15;

  /** Dead share of a pack that goes wherever it is. */
  private static final double PACK_DEAD_SHARE_MAX = 0.5;

  /** The dead share beyond which a group's packs go by themselves. */
  double deadShareMax(Health health, long deadBytes) {
    if (deadBytes < deadBytesMin) {
      return DAMAGED_ONLY;
    }
    return deadBytes > GROUP_DEAD_SHARE_MAX * health.liveBytes()
        ? deadShareMax
        : PACK_DEAD_SHARE_MAX;
  }
}
