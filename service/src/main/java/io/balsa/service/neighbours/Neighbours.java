package io.balsa.service.neighbours;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The last beat of each other member, with the time of its arrival by this node's monotonic clock.
 * One that is older than {@link #SILENCE} counts no more. As many entries as members were ever
 * heard. Thread-safe.
 */
public final class Neighbours {
  /** A member that is not heard for so long is silent: nothing is known about it. */
  public static final Duration SILENCE = Duration.ofSeconds(10);

  private final LongSupplier nanos;
  private final Map<String, Heard> last = new ConcurrentHashMap<>();

  private record Heard(Beat beat, long atNanos) {}

  /**
   * Has heard nobody yet.
   *
   * @param nanos a monotonic clock
   */
  public Neighbours(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Takes a member's beat; the caller has checked that it is one. */
  public void heard(Beat beat) {
    last.put(beat.peerId(), new Heard(beat, nanos.getAsLong()));
  }

  /** The beats of those that are not silent, by peer id. */
  public Map<String, Beat> fresh() {
    long now = nanos.getAsLong();
    Map<String, Beat> fresh = new HashMap<>();
    last.forEach(
        (peerId, heard) -> {
          if (now - heard.atNanos <= SILENCE.toNanos()) {
            fresh.put(peerId, heard.beat);
          }
        });
    return fresh;
  }
}
