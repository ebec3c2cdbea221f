package io.balsa.client.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimingTest {
  private static final long SEED = 99;

  private final Timing timing =
      new Timing(Duration.ofSeconds(30), Duration.ofMillis(200), () -> 0, new Random(SEED));

  @Test
  void theFirstHedgeComesWithin150To250Ms() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(timing.hedgeNanos(0, false)).isBetween(150_000_000L, 250_000_000L);
    }
  }

  @Test
  void theBackoffDoublesFrom20To500MsAndHalfOfItIsRandom() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(timing.backoffNanos(0)).isBetween(10_000_000L, 20_000_000L);
      assertThat(timing.backoffNanos(2)).isBetween(40_000_000L, 80_000_000L);
      assertThat(timing.backoffNanos(60)).isBetween(250_000_000L, 500_000_000L);
    }
  }
}
