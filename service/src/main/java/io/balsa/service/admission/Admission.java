package io.balsa.service.admission;

import io.balsa.model.Limits;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The node's bounds on calls and bytes in flight. Never waits. Thread-safe. */
public final class Admission {
  /** The smallest bound on bytes: two of the largest chunks, coming and going. */
  public static final long BYTES_MIN = 4L * Limits.CHUNK_BYTES_MAX;

  private final Gauge calls;
  private final Gauge bytes;

  /**
   * Sets the bounds.
   *
   * @param callsMax calls in flight, at least 1
   * @param bytesMax bytes of requests and chunks in flight, at least {@link #BYTES_MIN}
   */
  public Admission(int callsMax, long bytesMax) {
    Limits.require("admission.calls-max", callsMax, 1, Integer.MAX_VALUE);
    Limits.require("admission.bytes-max", bytesMax, BYTES_MIN, Long.MAX_VALUE / 2);
    this.calls = new Gauge(callsMax);
    this.bytes = new Gauge(bytesMax);
  }

  /**
   * Admits a call.
   *
   * @param bytesReserved at least 0
   * @return a permit that its last holder must give back; empty where a bound is reached
   */
  public Optional<Permit> tryAdmit(long bytesReserved) {
    if (!calls.tryAdd(1)) {
      return Optional.empty();
    }
    if (!bytes.tryAdd(bytesReserved)) {
      calls.subtract(1);
      return Optional.empty();
    }
    return Optional.of(new Permit(this, bytesReserved));
  }

  /** Calls in flight now. */
  public long callsInFlight() {
    return calls.level.get();
  }

  /** Bytes in flight now. */
  public long bytesInFlight() {
    return bytes.level.get();
  }

  boolean tryAddBytes(long more) {
    return bytes.tryAdd(more);
  }

  void subtractBytes(long fewer) {
    bytes.subtract(fewer);
  }

  void endCall(long bytesHeld) {
    bytes.subtract(bytesHeld);
    calls.subtract(1);
  }

  /** A counting semaphore that counts beyond 2^31. */
  private static final class Gauge {
    private final long max;
    private final AtomicLong level = new AtomicLong();

    Gauge(long max) {
      this.max = max;
    }

    boolean tryAdd(long more) {
      long now = level.get();
      while (more <= max - now) {
        if (level.compareAndSet(now, now + more)) {
          return true;
        }
        now = level.get();
      }
      return false;
    }

    void subtract(long fewer) {
      level.addAndGet(-fewer);
    }
  }
}
