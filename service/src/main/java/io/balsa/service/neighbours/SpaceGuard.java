package io.balsa.service.neighbours;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.service.disk.DiskReport;
import io.balsa.service.disk.DiskReport.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Says no to a change before it fills a voter's disk, here or elsewhere: a replica that meets a
 * full disk stops, so one full voter would cost the group a replica.
 *
 * <p>A report is a little old when it is used. What this node let pass since the report before it
 * may not be in it, so that counts as used: this errs on the side of refusing, and is made good by
 * the next reports. Other leaders' writes are not known here; the bound is there for them.
 *
 * <p>Thread-safe.
 */
public final class SpaceGuard {
  private final LongSupplier nanos;

  @GuardedBy("this")
  private final Map<String, Told> disks = new HashMap<>();

  @GuardedBy("this")
  private long passedBytes;

  /**
   * A disk's last report.
   *
   * @param passedBytes let pass when the report before it came
   */
  private record Told(DiskReport disk, long atNanos, long passedBytes, long passedBytesNow) {}

  /**
   * A disk that has no room.
   *
   * @param peerId whose
   * @param freeBytes what is left
   * @param neededBytes what must be free before changes that add data are taken again
   */
  public record Full(String peerId, long freeBytes, long neededBytes) {}

  /**
   * Knows no disk yet.
   *
   * @param nanos a monotonic clock
   */
  public SpaceGuard(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Takes a report of a member's disk, this node's among them. */
  public synchronized void told(String peerId, DiskReport disk) {
    Told before = disks.get(peerId);
    long passedBefore = before == null ? passedBytes : before.passedBytesNow;
    disks.put(peerId, new Told(disk, nanos.getAsLong(), passedBefore, passedBytes));
  }

  /**
   * Lets a change pass, or says which disk has no room for it. Disks of which nothing was told
   * lately do not count.
   *
   * @param bytes that it adds, at least 0
   */
  public synchronized Optional<Full> admit(long bytes) {
    long now = nanos.getAsLong();
    for (Map.Entry<String, Told> one : disks.entrySet()) {
      Told told = one.getValue();
      if (now - told.atNanos > Neighbours.SILENCE.toNanos()) {
        continue;
      }
      long free = told.disk.freeBytes() - (passedBytes - told.passedBytes) - bytes;
      if (told.disk.level() != Level.ROOMY || free < told.disk.neededBytes()) {
        return Optional.of(new Full(one.getKey(), told.disk.freeBytes(), told.disk.neededBytes()));
      }
    }
    passedBytes += bytes;
    return Optional.empty();
  }
}
