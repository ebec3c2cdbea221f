package io.balsa.bench.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.balsa.bench.curve.Plateau.Verdict;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlateauTest {
  private static final int HOUR = 3_600;

  private static Plateau judge(int seconds, DoubleUnaryOperator value) {
    double[] times = IntStream.range(0, seconds / 5).mapToDouble(i -> i * 5).toArray();
    double[] values =
        IntStream.range(0, times.length).mapToDouble(i -> value.applyAsDouble(times[i])).toArray();
    return Plateau.of(new Series("x", times, values), 0.1);
  }

  @Test
  void aCurveThatStaysIsLevel() {
    Plateau plateau = judge(HOUR, _ -> 5);
    assertThat(plateau.verdict()).isEqualTo(Verdict.PLATEAU);
    assertThat(plateau.mean()).isEqualTo(5);
    assertThat(plateau.trend()).isZero();
  }

  @Test
  void aLeakIsFoundThoughItIsSlowAndNoisy() {
    SplittableRandom noise = new SplittableRandom(7);
    Plateau plateau = judge(HOUR, t -> 1_000 + 250 * t / HOUR + noise.nextDouble(20));
    assertThat(plateau.verdict()).isEqualTo(Verdict.RISING);
    assertThat(plateau.trend()).isCloseTo(250.0 / 1_200, within(0.02));
  }

  @Test
  void noiseAloneIsNoLeak() {
    SplittableRandom noise = new SplittableRandom(8);
    assertThat(judge(HOUR, _ -> 1_000 + noise.nextDouble(300)).verdict())
        .isEqualTo(Verdict.PLATEAU);
  }

  @Test
  void whatRoseInTheFirstHalfMayBeLevelInTheSecond() {
    assertThat(judge(HOUR, t -> Math.min(t, 1_500)).verdict()).isEqualTo(Verdict.PLATEAU);
    assertThat(judge(HOUR, t -> t).verdict()).isEqualTo(Verdict.RISING);
  }

  @Test
  void whatFallsDoesNotRise() {
    assertThat(judge(HOUR, t -> 10_000 - t).verdict()).isEqualTo(Verdict.PLATEAU);
  }

  @Test
  void aSawToothIsLevelWhateverItsPhase() {
    for (int phase = 0; phase < 700; phase += 50) {
      int begun = phase;
      assertThat(judge(HOUR, t -> (t + begun) % 700).verdict())
          .as("phase %d", phase)
          .isEqualTo(Verdict.PLATEAU);
    }
  }

  @Test
  void aSawToothThatGrowsIsRising() {
    assertThat(judge(HOUR, t -> t % 300 + t / 2).verdict()).isEqualTo(Verdict.RISING);
  }

  @Test
  void aShortRunAndOneWithoutValuesGetNoVerdict() {
    assertThat(judge(19 * 60, t -> t).verdict()).isEqualTo(Verdict.TOO_SHORT);
    assertThat(judge(HOUR, _ -> Double.NaN).verdict()).isEqualTo(Verdict.TOO_SHORT);
    assertThat(judge(0, t -> t).verdict()).isEqualTo(Verdict.TOO_SHORT);
  }

  @Test
  void whatWasNotMeasuredIsLeftOut() {
    assertThat(judge(HOUR, t -> t % 35 == 0 ? Double.NaN : 3).mean()).isEqualTo(3);
  }
}
