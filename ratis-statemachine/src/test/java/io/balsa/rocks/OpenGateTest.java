package io.balsa.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OpenGateTest {
  private final OpenGate gate = new OpenGate();

  @Test
  void anEmptyGateClosesAtOnce() {
    assertThat(gate.close(Duration.ZERO)).isTrue();
    assertThatThrownBy(gate::enter).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aGateWithSomebodyInsideStaysUntilTheyLeave() {
    gate.enter();
    assertThat(gate.close(Duration.ZERO)).isFalse();
    assertThatThrownBy(gate::enter).isInstanceOf(IllegalStateException.class);
    gate.leave();
    assertThat(gate.close(Duration.ZERO)).isTrue();
  }

  @Test
  void closingWaitsForTheLastOneToLeave() throws InterruptedException {
    gate.enter();
    Thread user = Thread.ofPlatform().start(gate::leave);
    assertThat(gate.close(Duration.ofSeconds(30))).isTrue();
    user.join();
  }
}
