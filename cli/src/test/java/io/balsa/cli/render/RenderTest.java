package io.balsa.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenderTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);
  private final AtomicLong nanos = new AtomicLong();

  private void passes(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  private String shown() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "999,999 B",
    "1000,1.0 kB",
    "999949,999.9 kB",
    "999950,1.0 MB",
    "145959730,146.0 MB",
    "9223372036854775807,9.2 EB"
  })
  void bytesHaveDecimalUnits(long bytes, String text) {
    assertThat(Amounts.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 ms",
    "999,999 ms",
    "1200,1.2 s",
    "59949,59.9 s",
    "59950,1 m 00 s",
    "125000,2 m 05 s",
    "11400000,3 h 10 m"
  })
  void durationsAreShort(long millis, String text) {
    assertThat(Amounts.duration(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void ratesOfNoTimeAreNone() {
    assertThat(Amounts.rate(5, Duration.ZERO)).isEqualTo("-");
    assertThat(Amounts.rate(5_000_000, Duration.ofSeconds(2))).isEqualTo("2.5 MB/s");
  }

  @Test
  void columnsAreAligned() {
    assertThat(new Table("name", ">size", "x").row("a", "1", "").row("long", "100", "y").lines())
        .containsExactly("name  size  x", "a        1", "long   100  y");
  }

  @Test
  void progressTellsRateAndRemainingTime() {
    ProgressText text =
        new ProgressText(
            "upload", 312, OptionalLong.of(1_204), 96_000_000, OptionalLong.of(145_000_000));
    assertThat(text.line(48_100_000, 24_500_000))
        .isEqualTo("upload  96.0 MB of 145.0 MB  66%  48.1 MB/s  2 s left  312/1,204 files");
  }

  @Test
  void progressOfAnUnknownAmountTellsWhatItKnows() {
    ProgressText text = new ProgressText("get", 1, OptionalLong.of(1), 5_000, OptionalLong.empty());
    assertThat(text.line(0, 0)).isEqualTo("get  5.0 kB");
    assertThat(text.line(1_000, 1_000)).isEqualTo("get  5.0 kB  1.0 kB/s");
  }

  @Test
  void aTerminalShowsOneLineThatIsGoneAtTheEnd() {
    Progress.Goal goal = Progress.Goal.of("up", 2, 1_000_000);
    try (Progress progress = new Progress(err, Progress.Style.LIVE, nanos::get, goal)) {
      progress.advance(0, 100_000);
      assertThat(shown()).isEmpty();
      passes(Duration.ofMillis(500));
      progress.advance(1, 400_000);
      assertThat(shown()).isEqualTo("\rup  500.0 kB of 1.0 MB  50%  1.0 MB/s  1 s left  1/2 files");
    }
    assertThat(shown()).endsWith("\r").doesNotContain("\n");
  }

  @Test
  void withoutATerminalALineComesNowAndThen() {
    Progress.Goal goal = Progress.Goal.of("up", 2, 1_000_000);
    try (Progress progress = new Progress(err, Progress.Style.LINES, nanos::get, goal)) {
      for (int i = 0; i < 40; i++) {
        passes(Duration.ofMillis(100));
        progress.advance(0, 10_000);
      }
    }
    assertThat(shown()).doesNotContain("\r");
    assertThat(shown().lines()).hasSize(1);
  }

  @Test
  void quietIsQuiet() {
    Progress.Goal goal = Progress.Goal.of("up", 2, 1_000_000);
    try (Progress progress = new Progress(err, Progress.Style.NONE, nanos::get, goal)) {
      passes(Duration.ofMinutes(1));
      progress.advance(1, 10_000);
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    Progress.Goal goal = Progress.Goal.of("up", 2, 1_000_000_000);
    try (Progress progress = new Progress(err, Progress.Style.LINES, nanos::get, goal)) {
      for (int i = 0; i < 20; i++) {
        passes(Duration.ofSeconds(3));
        progress.advance(0, i < 10 ? 3_000_000 : 30_000_000);
      }
    }
    assertThat(shown().lines().toList().getLast()).contains("  10.0 MB/s");
    assertThat(shown().lines().findFirst().orElseThrow()).contains("  1.0 MB/s");
  }
}
