package io.balsa.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoPartsTest {
  private static ComparingStream comparing(String right) {
    return new ComparingStream(
        "f", new ByteArrayInputStream(right.getBytes(StandardCharsets.UTF_8)));
  }

  private static void write(ComparingStream stream, String text) throws IOException {
    byte[] bytes = ("--" + text).getBytes(StandardCharsets.UTF_8);
    stream.write(bytes, 2, bytes.length - 2);
  }

  @Test
  void equalBytesAreEqualHoweverTheyCome() throws IOException {
    ComparingStream stream = comparing("hello");
    write(stream, "he");
    stream.write('l');
    write(stream, "lo");
    assertThat(stream.end()).isEqualTo(5);
  }

  @Test
  void theFirstWrongByteIsNamed() throws IOException {
    ComparingStream stream = comparing("hello");
    write(stream, "he");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> write(stream, "lxo"))
        .withMessage("f differs at byte 3");
  }

  @Test
  void tooFewAndTooManyBytesAreWrong() throws IOException {
    ComparingStream few = comparing("hello");
    write(few, "hell");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(few::end)
        .withMessage("f ends at byte 4, its file goes on");
    ComparingStream many = comparing("hello");
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> write(many, "hello!"))
        .withMessage("f goes on where its file ends at byte 5");
  }

  private static WriteLog.Write write(long begun, long acknowledged) {
    return new WriteLog.Write("p", new Sha256(0, 0, 0, 0), begun, acknowledged);
  }

  @Test
  void theGapEndsWithTheFirstWriteThatBeganAfterTheKill() {
    WriteLog log = new WriteLog();
    log.add(write(0, 10));
    log.add(write(20, 120));
    assertThat(log.gapAfter(100)).isEmpty();
    log.add(write(130, 900));
    log.add(write(910, 920));
    assertThat(log.gapAfter(100)).contains(Duration.ofNanos(800));
    assertThat(log.countAfter(100)).isEqualTo(2);
  }

  @Test
  void aReceiptThatProvesLessThanAskedIsAFailure() throws DemoFailed {
    ReadReceipt old =
        new ReadReceipt("n1", 7, ReadLevel.BOUNDED, Optional.of(Duration.ofMillis(501)));
    assertThatExceptionOfType(DemoFailed.class).isThrownBy(() -> Level.BOUNDED.check(old, "n1", 7));
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.EVENTUAL.check(old, "n1", 7));
    ReadReceipt good =
        new ReadReceipt("n1", 7, ReadLevel.BOUNDED, Optional.of(Duration.ofMillis(500)));
    Level.BOUNDED.check(good, "n1", 7);
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.BOUNDED.check(good, "n2", 7));
    assertThatExceptionOfType(DemoFailed.class)
        .isThrownBy(() -> Level.BOUNDED.check(good, "n1", 8));
  }
}
