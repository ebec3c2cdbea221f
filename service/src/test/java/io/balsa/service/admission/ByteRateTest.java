package io.balsa.service.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ByteRateTest {
  private long nowNanos;
  private Duration waited = Duration.ZERO;

  @Test
  void bytesPassAtTheRateWhoeverTakesThem() throws InterruptedException {
    ByteRate rate = rate(1_000_000);
    for (int i = 0; i < 100; i++) {
      rate.take(100_000);
    }
    // Ten seconds, less the tenth that may pass at once.
    assertThat(waited).isEqualTo(Duration.ofMillis(9_900));
  }

  @Test
  void whatWasNotTakenIsNotSavedUp() throws InterruptedException {
    ByteRate rate = rate(1_000_000);
    nowNanos += TimeUnit.HOURS.toNanos(1);
    rate.take(1_100_000);
    assertThat(waited).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aRateOfZeroIsNone() throws InterruptedException {
    ByteRate rate = rate(0);
    rate.take(1 << 30);
    assertThat(waited).isZero();
  }

  private ByteRate rate(long bytesPerSecond) {
    return new ByteRate(
        bytesPerSecond,
        () -> nowNanos,
        length -> {
          waited = waited.plus(length);
          nowNanos += length.toNanos();
        });
  }
}
