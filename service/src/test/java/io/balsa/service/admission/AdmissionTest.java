package io.balsa.service.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.balsa.model.BrokenInvariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final Admission admission = new Admission(2, Admission.BYTES_MIN);

  @Test
  void callsBeyondTheBoundAreRefusedUntilOneEnds() {
    Permit first = admission.tryAdmit(0).orElseThrow();
    Permit second = admission.tryAdmit(0).orElseThrow();

    assertThat(admission.tryAdmit(0)).isEmpty();
    first.release();
    assertThat(admission.tryAdmit(0)).isPresent();
    second.release();
  }

  @Test
  void bytesBeyondTheBoundAreRefusedAndTakeNothing() {
    assertThat(admission.tryAdmit(Admission.BYTES_MIN + 1)).isEmpty();
    assertThat(admission.tryAdmit(Long.MAX_VALUE)).isEmpty();

    Permit permit = admission.tryAdmit(Admission.BYTES_MIN).orElseThrow();
    assertThat(permit.tryGrow(1)).isFalse();
    permit.shrink(1);
    assertThat(permit.tryGrow(1)).isTrue();
    permit.release();

    assertThat(admission.callsInFlight()).isZero();
    assertThat(admission.bytesInFlight()).isZero();
  }

  @Test
  void aPermitIsGivenBackByItsLastHolder() {
    Permit permit = admission.tryAdmit(10).orElseThrow();
    permit.hold();

    permit.release();
    assertThat(admission.callsInFlight()).isEqualTo(1);
    assertThat(admission.bytesInFlight()).isEqualTo(10);

    permit.release();
    assertThat(admission.callsInFlight()).isZero();
    assertThat(admission.bytesInFlight()).isZero();
  }

  @Test
  void nobodyGivesBackWhatTheyDoNotHold() {
    Permit permit = admission.tryAdmit(1).orElseThrow();

    assertThatThrownBy(() -> permit.shrink(2)).isInstanceOf(BrokenInvariant.class);
    permit.release();
    assertThatThrownBy(permit::release).isInstanceOf(BrokenInvariant.class);
    assertThatThrownBy(permit::hold).isInstanceOf(BrokenInvariant.class);
    assertThatThrownBy(() -> permit.tryGrow(1)).isInstanceOf(BrokenInvariant.class);
  }

  @Test
  void manyThreadsLeaveNothingBehind() throws InterruptedException {
    long seed = System.nanoTime();
    Admission contended = new Admission(3, Admission.BYTES_MIN);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(seed + i);
      threads.add(Thread.ofVirtual().start(() -> useAtRandom(contended, random, start)));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(contended.callsInFlight()).as("seed %d", seed).isZero();
    assertThat(contended.bytesInFlight()).as("seed %d", seed).isZero();
  }

  private static void useAtRandom(Admission admission, Random random, CountDownLatch start) {
    try {
      start.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    for (int i = 0; i < 2_000; i++) {
      int bytes = random.nextInt((int) Admission.BYTES_MIN);
      Optional<Permit> permit = admission.tryAdmit(bytes);
      if (permit.isPresent()) {
        if (permit.get().tryGrow(7) && random.nextBoolean()) {
          permit.get().shrink(7);
        }
        permit.get().release();
      }
    }
  }
}
