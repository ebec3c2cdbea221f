package io.balsa.client.routing;

import io.balsa.client.model.ClientOptions;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * When to do what.
 *
 * @param deadline for one call with all its retries
 * @param hedgeDelay silence after which a call is tried elsewhere, before jitter
 * @param nanoClock monotonic
 * @param random used by several threads at once
 */
record Timing(
    Duration deadline, Duration hedgeDelay, LongSupplier nanoClock, RandomGenerator random) {
  private static final long BACKOFF_MIN_NANOS = Duration.ofMillis(20).toNanos();
  private static final long BACKOFF_MAX_NANOS = Duration.ofMillis(500).toNanos();
  private static final int HEDGE_DOUBLINGS_MAX = 4;
  private static final int BULKY_HEDGE_FACTOR = 5;

  static Timing of(ClientOptions options, LongSupplier nanoClock, RandomGenerator random) {
    return new Timing(options.deadline(), options.hedgeDelay(), nanoClock, random);
  }

  Timing withDeadline(Duration other) {
    return new Timing(other, hedgeDelay, nanoClock, random);
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /** The pause before a round: 20 ms doubled each time up to 500 ms, of which half is random. */
  long backoffNanos(int rounds) {
    long whole = Math.min(BACKOFF_MAX_NANOS, BACKOFF_MIN_NANOS << Math.min(rounds, 10));
    return whole / 2 + random.nextLong(whole / 2 + 1);
  }

  /** The silence before a hedge: jittered by a quarter both ways, doubled for each one before. */
  long hedgeNanos(int hedges, boolean bulkyRead) {
    long base = hedgeDelay.toNanos() << Math.min(hedges, HEDGE_DOUBLINGS_MAX);
    long jittered = base - base / 4 + random.nextLong(base / 2 + 1);
    return bulkyRead ? jittered * BULKY_HEDGE_FACTOR : jittered;
  }
}
