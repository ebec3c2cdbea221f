package io.balsa.service.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.service.disk.DiskReport;
import io.balsa.service.disk.DiskReport.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderDutyTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LeaderDuty duty = new LeaderDuty();
  private long nowNanos;

  private static DiskReport disk(long freeBytes, Level level, int latencyMillis) {
    return new DiskReport(freeBytes, 1_000, 500, level, Duration.ofMillis(latencyMillis));
  }

  private Optional<String> look(DiskReport own, DiskReport b, DiskReport c) {
    nowNanos += SECOND;
    return duty.look(own, Map.of("b", b, "c", c), 3, nowNanos).map(LeaderDuty.HandOver::peerId);
  }

  @Test
  void aSlowDiskHandsOverToTheFastestAfterFiveBeatsAndThenRestsForAMinute() {
    DiskReport slow = disk(900, Level.ROOMY, 400);
    DiskReport fast = disk(900, Level.ROOMY, 2);
    DiskReport fastest = disk(900, Level.ROOMY, 1);
    for (int beat = 1; beat < 5; beat++) {
      assertThat(look(slow, fast, fastest)).isEmpty();
    }
    assertThat(look(slow, fast, fastest)).contains("c");
    duty.handedOver(nowNanos);
    for (int second = 1; second < 60; second++) {
      assertThat(look(slow, fast, fastest)).isEmpty();
    }
    assertThat(look(slow, fast, fastest)).contains("c");
  }

  @Test
  void aMomentOfSlownessIsNoReason() {
    DiskReport fast = disk(900, Level.ROOMY, 2);
    for (int round = 0; round < 20; round++) {
      assertThat(look(disk(900, Level.ROOMY, round % 5 == 4 ? 2 : 400), fast, fast)).isEmpty();
    }
  }

  @Test
  void whereAMajorityIsSlowNobodyIs() {
    DiskReport slow = disk(900, Level.ROOMY, 400);
    for (int beat = 0; beat < 10; beat++) {
      assertThat(look(slow, disk(900, Level.ROOMY, 300), disk(900, Level.ROOMY, 1))).isEmpty();
    }
    assertThat(duty.isSlow()).isFalse();
  }

  @Test
  void noDiskIsSlowBelowATenthOfASecondOrAlone() {
    DiskReport own = disk(900, Level.ROOMY, 100);
    for (int beat = 0; beat < 10; beat++) {
      assertThat(look(own, disk(900, Level.ROOMY, 1), disk(900, Level.ROOMY, 1))).isEmpty();
      assertThat(duty.look(disk(900, Level.ROOMY, 900), Map.of(), 3, nowNanos)).isEmpty();
    }
  }

  @Test
  void veryLittleSpaceHandsOverAtOnceToTheOneWithMost() {
    DiskReport own = disk(10, Level.VERY_LOW, 1);
    assertThat(look(own, disk(600, Level.ROOMY, 1), disk(900, Level.ROOMY, 1))).contains("c");
    assertThat(look(own, disk(600, Level.ROOMY, 1), disk(400, Level.LOW, 1))).contains("b");
    assertThat(look(own, disk(20, Level.VERY_LOW, 1), disk(400, Level.LOW, 1))).isEmpty();
  }
}
