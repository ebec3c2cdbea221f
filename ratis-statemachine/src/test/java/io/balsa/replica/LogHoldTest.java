package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogHoldTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Begins just before the clock overflows, which it may. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 20 * SECOND);

  private final LogHold hold = new LogHold(now::get);

  @Test
  void nothingIsHeldAtFirst() {
    assertThat(hold.isHeld()).isFalse();
  }

  @Test
  void aShortTransferHoldsForThirtySecondsMore() {
    LogHold.Lease lease = hold.begin();
    now.addAndGet(SECOND);
    lease.close();
    now.addAndGet(30 * SECOND - 1);
    assertThat(hold.isHeld()).isTrue();
    now.addAndGet(1);
    assertThat(hold.isHeld()).isFalse();
  }

  @Test
  void aLongTransferHoldsForAsLongAgain() {
    LogHold.Lease lease = hold.begin();
    now.addAndGet(1_000 * SECOND);
    assertThat(hold.isHeld()).isTrue();
    lease.close();
    lease.close();
    now.addAndGet(1_000 * SECOND - 1);
    assertThat(hold.isHeld()).isTrue();
    now.addAndGet(1);
    assertThat(hold.isHeld()).isFalse();
  }

  @Test
  void theLongestOfSeveralHoldsCounts() {
    LogHold.Lease one = hold.begin();
    now.addAndGet(100 * SECOND);
    LogHold.Lease other = hold.begin();
    one.close();
    other.close();
    now.addAndGet(100 * SECOND - 1);
    assertThat(hold.isHeld()).isTrue();
    now.addAndGet(1);
    assertThat(hold.isHeld()).isFalse();
  }

  @Test
  void whatIsGivenUpIsNotHeldAndDoesNotComeBack() {
    LogHold.Lease lease = hold.begin();
    hold.giveUp();
    assertThat(hold.isHeld()).isFalse();
    lease.close();
    assertThat(hold.isHeld()).isFalse();
  }
}
