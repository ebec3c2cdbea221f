package io.balsa.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.balsa.client.model.Sha256;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LoadPartsTest {
  private static final long SEED = 42;

  private static byte[] bytes(Content content) throws IOException {
    return content.open().readAllBytes();
  }

  private static void write(CheckingStream stream, byte[] bytes, int step) throws IOException {
    for (int at = 0; at < bytes.length; at += step) {
      stream.write(bytes, at, Math.min(step, bytes.length - at));
    }
  }

  @Test
  void equalNumbersAreEqualBytesAndOthersAreNot() throws IOException {
    Set<Sha256> seen = new HashSet<>();
    for (int owner = -1; owner < 3; owner++) {
      for (int generation = 1; generation < 20; generation++) {
        Content content = new Content(SEED, owner, generation);
        byte[] bytes = bytes(content);
        assertThat(bytes).hasSize(content.size()).isEqualTo(bytes(content));
        assertThat(content.size()).isBetween(Content.BYTES_MIN, Content.BYTES_MAX);
        assertThat(seen.add(Sha256.of(bytes))).isTrue();
      }
    }
  }

  @Test
  void mostObjectsAreSmallAndAFewAreLarge() {
    int small = 0;
    int large = 0;
    for (int generation = 1; generation <= 10_000; generation++) {
      int size = new Content(SEED, 7, generation).size();
      small += size <= 64 << 10 ? 1 : 0;
      large += size > 2 << 20 ? 1 : 0;
    }
    assertThat(small).isBetween(6_700, 7_300);
    assertThat(large).isBetween(300, 500);
  }

  @Test
  void rightBytesTellWhatTheyAreHoweverTheyCome() throws IOException {
    Content content = new Content(SEED, 3, 9);
    for (int step : new int[] {1, 7, 15, 16, 4_096, 100_000_000}) {
      CheckingStream stream = new CheckingStream(SEED);
      write(stream, bytes(content), step);
      assertThat(stream.end()).isEqualTo(content);
      assertThat(stream.bytes()).isEqualTo(content.size());
    }
  }

  @Test
  void everyWrongByteIsFound() throws IOException {
    byte[] bytes = bytes(new Content(SEED, 3, 9));
    for (int at : new int[] {0, 5, 15, 16, 17, 999, bytes.length - 1}) {
      byte[] wrong = bytes.clone();
      wrong[at] ^= 4;
      assertThatExceptionOfType(CheckingStream.WrongBytes.class)
          .as("byte %d", at)
          .isThrownBy(
              () -> {
                CheckingStream stream = new CheckingStream(SEED);
                write(stream, wrong, 1_000);
                var _ = stream.end();
              });
    }
  }

  @Test
  void tooFewBytesAreWrong() throws IOException {
    byte[] bytes = bytes(new Content(SEED, 3, 9));
    CheckingStream stream = new CheckingStream(SEED);
    stream.write(bytes, 0, bytes.length - 1);
    assertThatExceptionOfType(CheckingStream.WrongBytes.class).isThrownBy(stream::end);
    assertThatExceptionOfType(CheckingStream.WrongBytes.class)
        .isThrownBy(new CheckingStream(SEED)::end);
  }

  @Test
  void aDoubtfulWriteLeavesBothStatesPossibleUntilTheNextOneSettles() {
    Expected object = new Expected(5, 0);
    SplittableRandom random = new SplittableRandom(1);
    assertThat(object.possible()).containsExactly(Optional.empty());
    Content first = object.next(SEED, random);
    object.settle(Optional.of(first), 10, 1);
    assertThat(object.isPresent()).isTrue();
    object.doubt(Optional.empty(), 2);
    assertThat(object.possible()).containsExactlyInAnyOrder(Optional.of(first), Optional.empty());
    assertThat(object.certain()).isEmpty();
    object.settle(Optional.empty(), 12, 3);
    assertThat(object.certain()).contains(Optional.empty());
    assertThat(object.revision()).isEqualTo(12);
  }

  @Test
  void aReadOfThePastMayFindOnlyWhatWasWrittenThere() {
    Expected object = new Expected(5, 0);
    Content own = new Content(SEED, 5, 1);
    assertThat(object.mayHaveBeen(Optional.of(own))).isFalse();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 50; i++) {
      assertThat(object.mayHaveBeen(Optional.of(object.next(SEED, random)))).isTrue();
    }
    assertThat(object.mayHaveBeen(Optional.of(own))).isTrue();
    assertThat(object.mayHaveBeen(Optional.of(new Content(SEED, 5, 51)))).isFalse();
    assertThat(object.mayHaveBeen(Optional.of(new Content(SEED, 6, 1)))).isFalse();
    assertThat(object.mayHaveBeen(Optional.empty())).isTrue();
  }

  @Test
  void quantilesAreRightWithinAClass() {
    Latencies latencies = new Latencies();
    for (int i = 1; i <= 1_000; i++) {
      latencies.add(i * 1_000_000L);
    }
    Latencies.Counted counted = latencies.drain();
    assertThat(counted.total()).isEqualTo(1_000);
    assertThat(counted.quantileMillis(0.5)).isCloseTo(500, within(35.0));
    assertThat(counted.quantileMillis(0.99)).isCloseTo(990, within(70.0));
    assertThat(latencies.drain().quantileMillis(0.5)).isNaN();
    latencies.add(0);
    latencies.add(Long.MAX_VALUE);
    assertThat(latencies.drain().total()).isEqualTo(2);
  }
}
