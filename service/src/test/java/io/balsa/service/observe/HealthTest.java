package io.balsa.service.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.service.observe.Health.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final AtomicLong nowNanos = new AtomicLong();
  private final List<Boolean> told = new ArrayList<>();
  private final Health health = new Health(nowNanos::get, told::add);

  @Test
  void aNodeServesWhileItIsOpenAndNothingForbidsIt() {
    health.open(true);
    assertThat(health.note(Trouble.DISK_LOW, "little space")).isTrue();
    assertThat(told.getLast()).isTrue();
    assertThat(health.note(Trouble.REPLICA_IN_DOUBT, "catalog")).isTrue();
    assertThat(told.getLast()).isFalse();
    health.clear(Trouble.REPLICA_IN_DOUBT);
    assertThat(told.getLast()).isTrue();
    health.open(false);
    assertThat(told.getLast()).isFalse();
  }

  @Test
  void aProblemTellsItsNewestTextAndHowLongItHasLasted() {
    assertThat(health.note(Trouble.DISK_LOW, "10 bytes")).isTrue();
    nowNanos.addAndGet(2_000);
    assertThat(health.note(Trouble.DISK_LOW, "5 bytes")).isFalse();
    assertThat(health.problems())
        .containsExactly(new NodeProblem("DISK_LOW", "5 bytes", Duration.ofNanos(2_000)));
    health.clear(Trouble.DISK_LOW);
    assertThat(health.problems()).isEmpty();
  }
}
