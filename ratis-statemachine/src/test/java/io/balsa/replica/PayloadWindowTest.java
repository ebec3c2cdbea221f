package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class PayloadWindowTest {
  private static final ByteString TEN = ByteString.copyFrom(new byte[10]);

  private final PayloadWindow window = new PayloadWindow(25);

  @Test
  void whatIsNotWrittenIsKeptWhateverItCosts() {
    for (long index = 1; index <= 100; index++) {
      window.put(index, TEN);
    }
    assertThat(window.get(1)).containsSame(TEN);
    assertThat(window.get(100)).containsSame(TEN);
  }

  @Test
  void whatIsWrittenStaysWhileThereIsRoomAndGoesInOrder() {
    for (long index = 1; index <= 4; index++) {
      window.put(index, TEN);
      window.written(index, TEN);
    }
    assertThat(window.get(1)).isEmpty();
    assertThat(window.get(2)).isEmpty();
    assertThat(window.get(3)).containsSame(TEN);
    assertThat(window.get(4)).containsSame(TEN);
  }

  @Test
  void oneThatIsNotWrittenHoldsBackThoseBehindIt() {
    for (long index = 1; index <= 4; index++) {
      window.put(index, TEN);
    }
    window.written(2, TEN);
    window.written(3, TEN);
    assertThat(window.get(2)).containsSame(TEN);
    window.written(1, TEN);
    assertThat(window.get(1)).isEmpty();
    assertThat(window.get(2)).isEmpty();
    assertThat(window.get(3)).containsSame(TEN);
  }

  @Test
  void aWindowOfNothingKeepsOnlyWhatIsNotWritten() {
    PayloadWindow none = new PayloadWindow(0);
    none.put(1, TEN);
    assertThat(none.get(1)).containsSame(TEN);
    none.written(1, TEN);
    assertThat(none.get(1)).isEmpty();
  }

  @Test
  void whatTheLogCutsOffIsGoneFromItsFirstIndexOn() {
    for (long index = 1; index <= 4; index++) {
      window.put(index, TEN);
    }
    window.truncate(3);
    assertThat(window.get(2)).containsSame(TEN);
    assertThat(window.get(3)).isEmpty();
    assertThat(window.get(4)).isEmpty();
  }

  @Test
  void cutAndReplacedPayloadsAreNotCounted() {
    for (int round = 0; round < 10; round++) {
      window.put(1, TEN);
      window.put(2, TEN);
      window.truncate(2);
    }
    window.written(1, TEN);
    assertThat(window.get(1)).containsSame(TEN);
  }

  @Test
  void theWriteOfACutEntryDoesNotSpeakForTheOneInItsPlace() {
    PayloadWindow none = new PayloadWindow(0);
    ByteString cut = ByteString.copyFrom(new byte[10]);
    none.put(1, cut);
    none.truncate(1);
    none.put(1, TEN);
    none.written(1, cut);
    assertThat(none.get(1)).containsSame(TEN);
  }
}
