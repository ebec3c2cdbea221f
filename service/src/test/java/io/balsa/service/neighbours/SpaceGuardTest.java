package io.balsa.service.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.service.disk.DiskReport;
import io.balsa.service.disk.DiskReport.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpaceGuardTest {
  private final AtomicLong nowNanos = new AtomicLong();
  private final SpaceGuard guard = new SpaceGuard(nowNanos::get);

  private static DiskReport disk(long freeBytes, Level level) {
    return new DiskReport(freeBytes, 10_000, 500, level, Duration.ZERO);
  }

  @Test
  void whatFitsEveryDiskPasses() {
    assertThat(guard.admit(1_000)).isEmpty();
    guard.told("a", disk(1_500, Level.ROOMY));
    guard.told("b", disk(9_000, Level.ROOMY));
    assertThat(guard.admit(1_000)).isEmpty();
  }

  @Test
  void oneFullVoterIsEnoughToRefuse() {
    guard.told("a", disk(9_000, Level.ROOMY));
    guard.told("b", disk(600, Level.LOW));
    assertThat(guard.admit(0)).contains(new SpaceGuard.Full("b", 600, 500));
  }

  @Test
  void whatPassedSinceTheReportBeforeCountsAsUsed() {
    guard.told("a", disk(1_000, Level.ROOMY));
    assertThat(guard.admit(400)).isEmpty();
    assertThat(guard.admit(101)).contains(new SpaceGuard.Full("a", 1_000, 500));
    assertThat(guard.admit(100)).isEmpty();
    guard.told("a", disk(1_000, Level.ROOMY));
    assertThat(guard.admit(1)).isPresent();
    guard.told("a", disk(700, Level.ROOMY));
    assertThat(guard.admit(200)).isEmpty();
    assertThat(guard.admit(1)).isPresent();
  }

  @Test
  void aDiskThatIsSilentForLongDoesNotCount() {
    guard.told("a", disk(9_000, Level.ROOMY));
    guard.told("b", disk(100, Level.VERY_LOW));
    nowNanos.addAndGet(Neighbours.SILENCE.toNanos());
    assertThat(guard.admit(0)).isPresent();
    nowNanos.addAndGet(1);
    assertThat(guard.admit(0)).isEmpty();
  }
}
