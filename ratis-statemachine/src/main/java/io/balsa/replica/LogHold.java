package io.balsa.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a group's log here from being purged while others fetch a snapshot: a member that installs
 * a snapshot goes on with the entries behind it, and if they were purged meanwhile it would have to
 * begin again, for ever.
 *
 * <p>A hold goes on after the transfer for as long again as it took, and for at least {@link
 * #AFTER_NANOS_MIN}: in that time the receiver checks and forces what it got, swaps it in, and
 * fetches the first entries. Thread-safe.
 */
final class LogHold {
  /** How long a hold goes on at least. */
  static final long AFTER_NANOS_MIN = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final Set<Lease> leases = new HashSet<>();

  @GuardedBy("this")
  private boolean lingers;

  @GuardedBy("this")
  private long lingersUntilNanos;

  /**
   * Holds nothing yet.
   *
   * @param nanoTime a monotonic clock
   */
  LogHold(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** One transfer's hold. */
  final class Lease implements LentSnapshot.Hold {
    private final long beganNanos = nanoTime.getAsLong();

    @Override
    public boolean isHeld() {
      return isHeldBy(this);
    }

    /** The transfer has ended, well or badly. Again is harmless. */
    @Override
    public void close() {
      end(this);
    }
  }

  /** Holds the log until the lease is closed, and a while longer. */
  synchronized Lease begin() {
    Lease lease = new Lease();
    leases.add(lease);
    return lease;
  }

  /** Holds the log for a time from now, at least. */
  synchronized void holdFor(Duration time) {
    lingerUntil(nanoTime.getAsLong() + time.toNanos());
  }

  private synchronized boolean isHeldBy(Lease lease) {
    return leases.contains(lease);
  }

  /** True while the log must not be purged. */
  synchronized boolean isHeld() {
    return !leases.isEmpty() || (lingers && nanoTime.getAsLong() - lingersUntilNanos < 0);
  }

  /** Gives all holds up: the log has grown too large to wait for others. */
  synchronized void giveUp() {
    leases.clear();
    lingers = false;
  }

  private synchronized void end(Lease lease) {
    if (!leases.remove(lease)) {
      return;
    }
    long now = nanoTime.getAsLong();
    lingerUntil(now + Math.max(AFTER_NANOS_MIN, now - lease.beganNanos));
  }

  private synchronized void lingerUntil(long untilNanos) {
    if (!lingers || untilNanos - lingersUntilNanos > 0) {
      lingersUntilNanos = untilNanos;
    }
    lingers = true;
  }
}
