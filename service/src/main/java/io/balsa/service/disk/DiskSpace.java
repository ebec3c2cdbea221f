package io.balsa.service.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.service.disk.DiskReport.Level;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Free space on the data disk, and the level that follows. A level that was reached is left only
 * when an eighth more space is free than its bound, so that it does not flap. Thread-safe.
 */
public final class DiskSpace {
  private final Gauge gauge;
  private final Bounds bounds;

  @GuardedBy("this")
  private Room room = new Room(0, 0);

  @GuardedBy("this")
  private Level level = Level.ROOMY;

  /**
   * Free space at which levels begin.
   *
   * @param lowBytes below it nothing that adds data is taken
   * @param veryLowBytes below it the node does not lead; at most {@code lowBytes}
   * @param startBytes that replicas need to open
   */
  public record Bounds(long lowBytes, long veryLowBytes, long startBytes) {}

  /**
   * What a look found.
   *
   * @param freeBytes that this process may use
   * @param totalBytes of the file system
   */
  public record Room(long freeBytes, long totalBytes) {}

  /** Looks at a file system. */
  @FunctionalInterface
  public interface Gauge {
    /** Free and total space now. */
    Room look() throws IOException;

    /** Of the file system that holds a folder. */
    static Gauge of(Path folder) throws IOException {
      FileStore store = Files.getFileStore(folder);
      return () -> new Room(store.getUsableSpace(), store.getTotalSpace());
    }
  }

  /** Looks once. */
  public DiskSpace(Gauge gauge, Bounds bounds) throws IOException {
    this.gauge = gauge;
    this.bounds = bounds;
    look();
  }

  /** Looks again. */
  public final synchronized void look() throws IOException {
    room = gauge.look();
    level = levelOf(room.freeBytes);
  }

  @GuardedBy("this")
  private Level levelOf(long freeBytes) {
    if (isBelow(freeBytes, bounds.veryLowBytes, level == Level.VERY_LOW)) {
      return Level.VERY_LOW;
    }
    return isBelow(freeBytes, bounds.lowBytes, level != Level.ROOMY) ? Level.LOW : Level.ROOMY;
  }

  private static boolean isBelow(long freeBytes, long boundBytes, boolean wasBelow) {
    return freeBytes < boundBytes + (wasBelow ? boundBytes / 8 : 0);
  }

  /** What the last look found. */
  public synchronized Room room() {
    return room;
  }

  /** True where replicas have the space to open. */
  public synchronized boolean isEnoughToStart() {
    return room.freeBytes >= bounds.startBytes;
  }

  /** Space that replicas need to open. */
  public long startBytes() {
    return bounds.startBytes;
  }

  /**
   * The last look, to be told to others.
   *
   * @param forceLatency of the same disk
   */
  public synchronized DiskReport report(Duration forceLatency) {
    long needed = level == Level.ROOMY ? bounds.lowBytes : bounds.lowBytes + bounds.lowBytes / 8;
    return new DiskReport(room.freeBytes, room.totalBytes, needed, level, forceLatency);
  }
}
