package io.balsa.service.disk;

import io.balsa.model.Limits;
import java.time.Duration;

/**
 * How a node's data disk is; travels between members.
 *
 * @param freeBytes that the node may still use, at least 0
 * @param totalBytes of the file system, at least 0
 * @param neededBytes of free space below which changes that add data are refused, at least 0; more
 *     than that is wanted once they are, so that it does not flap
 * @param level what follows from it
 * @param forceLatency median of the newest probes; zero before the first
 */
public record DiskReport(
    long freeBytes, long totalBytes, long neededBytes, Level level, Duration forceLatency) {
  /** Checks the ranges. */
  public DiskReport {
    Limits.require("disk.free_bytes", freeBytes, 0, Long.MAX_VALUE);
    Limits.require("disk.total_bytes", totalBytes, 0, Long.MAX_VALUE);
    Limits.require("disk.needed_bytes", neededBytes, 0, Long.MAX_VALUE);
    Limits.require("disk.force_latency", forceLatency.toNanos(), 0, Long.MAX_VALUE);
  }

  /** How full it is, in the order of need. */
  public enum Level {
    /** Everything goes on. */
    ROOMY,
    /** Nothing that adds data is taken. */
    LOW,
    /** Nor does the node lead where another one can. */
    VERY_LOW
  }
}
