package io.balsa.service.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.balsa.chunk.Disk;
import io.balsa.chunk.DiskFile;
import io.balsa.replica.FailStop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes and forces 4 KiB in a file of its own once a second. So the node knows how fast its disk
 * is, hears of a failing one within a second wherever others swallow the error, and stops where a
 * force does not come back.
 *
 * <p>Two threads of its own: one probes, one watches the time that a probe takes. Thread-safe.
 */
public final class DiskPulse implements AutoCloseable {
  /** A probe that lasts longer stops the node. */
  static final Duration STALL_MAX = Duration.ofSeconds(20);

  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final int PROBE_BYTES = 4 << 10;
  private static final int SAMPLES_MAX = 10;

  private final Path path;
  private final Disk disk;
  private final FailStop failStop;
  private final Thread prober;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("balsa-disk-stall").factory());
  private volatile boolean closed;

  @GuardedBy("this")
  private final Deque<Duration> samples = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean probing;

  @GuardedBy("this")
  private long probeStartNanos;

  /**
   * Starts.
   *
   * @param path made where it is not there
   */
  public DiskPulse(Path path, Disk disk, FailStop failStop) {
    this.path = path;
    this.disk = disk;
    this.failStop = failStop;
    prober = Thread.ofPlatform().daemon().name("balsa-disk-pulse").start(this::run);
    var _ =
        watch.scheduleWithFixedDelay(
            this::lookForStall, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    try (DiskFile file = disk.exists(path) ? disk.open(path) : disk.create(path)) {
      while (!closed) {
        probe(file);
        TimeUnit.NANOSECONDS.sleep(BEAT.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      if (!closed) {
        failStop.halt("the data disk fails: " + path, e);
      }
    }
  }

  private void probe(DiskFile file) throws IOException {
    synchronized (this) {
      probing = true;
      probeStartNanos = System.nanoTime();
    }
    file.write(ByteBuffer.allocate(PROBE_BYTES), 0);
    file.sync();
    synchronized (this) {
      probing = false;
      samples.add(Duration.ofNanos(System.nanoTime() - probeStartNanos));
      if (samples.size() > SAMPLES_MAX) {
        var _ = samples.remove();
      }
    }
  }

  /** The median of the newest probes, with the one that goes on; zero before there is any. */
  public synchronized Duration median() {
    List<Duration> all = new ArrayList<>(samples);
    if (probing) {
      all.add(running());
    }
    all.sort(null);
    return all.isEmpty() ? Duration.ZERO : all.get((all.size() - 1) / 2);
  }

  private synchronized Duration running() {
    return probing ? Duration.ofNanos(System.nanoTime() - probeStartNanos) : Duration.ZERO;
  }

  private void lookForStall() {
    Duration running = running();
    if (running.compareTo(STALL_MAX) > 0) {
      failStop.halt(
          "the data disk stalls: " + path,
          new TimeoutException("a write of 4 KiB takes over " + STALL_MAX.toSeconds() + " s"));
    }
  }

  /** Ends the probes; one that the disk holds back ends when it lets go. */
  @Override
  public void close() {
    closed = true;
    watch.shutdownNow();
    prober.interrupt();
    try {
      prober.join(BEAT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
