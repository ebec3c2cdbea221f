package io.balsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.balsa.client.model.ByteRange;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @Test
  void anAddressHasADatasetAVersionAndAPath() {
    assertThat(Address.parse("balsa://ds")).isEqualTo(new Address("ds", Optional.empty(), ""));
    assertThat(Address.parse("balsa://ds@v1/a/b"))
        .isEqualTo(new Address("ds", Optional.of("v1"), "a/b"));
    assertThat(Address.parse("balsa://ds/user@host/50%25 off"))
        .isEqualTo(new Address("ds", Optional.empty(), "user@host/50%25 off"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"balsa://ds", "balsa://ds/a", "balsa://ds@v1/a@b/", "balsa://ds@v.1"})
  void anAddressIsWrittenAsItIsRead(String text) {
    assertThat(Address.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ds/a",
        "s3://ds/a",
        "balsa://",
        "balsa:///a",
        "balsa://@v1/a",
        "balsa://ds@/a",
        "balsa://DS/a",
        "balsa://ds@v1@v2/a"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "1h,PT1H", "0s,PT0S"})
  void durationsHaveAUnit(String text, Duration wanted) {
    assertThat(Values.duration(text)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "ms", "-5s", "1.5s", "5 s", "5d", "9999999999999s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.duration(text));
  }

  @Test
  void everyLevelHasItsSpelling() {
    assertThat(Values.consistency("linearizable")).isEqualTo(Consistency.linearizable());
    assertThat(Values.consistency("eventual")).isEqualTo(Consistency.eventual());
    assertThat(Values.consistency("at-least:17")).isEqualTo(Consistency.atLeast(17));
    assertThat(Values.consistency("bounded:500ms"))
        .isEqualTo(Consistency.bounded(Duration.ofMillis(500)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "strong",
        "bounded",
        "bounded:",
        "bounded:5",
        "bounded:25h",
        "at-least",
        "at-least:x",
        "at-least:-1",
        "eventual:1",
        "linearizable:"
      })
  void whatIsNoLevelIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.consistency(text));
  }

  @Test
  void aRangeHasAnOffsetAndALengthOrGoesToTheEnd() {
    assertThat(Values.range("5:7")).isEqualTo(new ByteRange(5, 7));
    assertThat(Values.range("5:")).isEqualTo(new ByteRange(5, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", ":5", "5:0", "-1:5", "5:-1", "a:b"})
  void whatIsNoRangeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.range(text));
  }

  @ParameterizedTest
  @EnumSource(RefusalCode.class)
  void everyRefusalHasAnExitCodeThatIsNotZero(RefusalCode code) {
    assertThat(Problem.exit(Refusal.of(code, "", "m")).number()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND,OBJECT_NOT_FOUND,7",
    "FAILED_PRECONDITION,REVISION_UNAVAILABLE,7",
    "FAILED_PRECONDITION,OBJECT_EXISTS,3",
    "FAILED_PRECONDITION,OTHER_CLUSTER,3",
    "ALREADY_EXISTS,DATASET_EXISTS,3",
    "UNAVAILABLE,NOT_FRESH,5",
    "DEADLINE_EXCEEDED,'',5",
    "DATA_LOSS,CORRUPT,6",
    "INTERNAL,INTERNAL,1",
  })
  void refusalsHaveTheExitCodesThatTheHelpTells(RefusalCode code, String reason, int exit) {
    assertThat(Problem.exit(Refusal.of(code, reason, "m")).number()).isEqualTo(exit);
  }

  @Test
  void exitCodesAreTheirPlacesInTheList() {
    assertThat(Arrays.stream(ExitCode.values()).mapToInt(ExitCode::number))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }
}
