package io.balsa.client.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
  @Test
  void endpointsAreReadAsTheyAreWritten() {
    for (String text : List.of("localhost:7000", "10.0.0.1:1", "[::1]:65535")) {
      assertThat(Endpoint.parse(text)).hasToString(text);
    }
    for (String text : List.of("", "host", "host:", ":1", "host:0", "host:65536", "::1:80")) {
      assertThat(Endpoint.tryParse(text)).as(text).isEmpty();
    }
  }

  @Test
  void optionsOutsideOfTheirRangesAreRefused() {
    ClientOptions options = ClientOptions.of("a:1", "a:1", "b:1");
    assertThat(options.endpoints()).hasSize(2);
    assertThatThrownBy(() -> ClientOptions.of(List.of())).hasMessageContaining("endpoints=0");
    assertThatThrownBy(() -> options.withChunkBytes(1)).hasMessageContaining("chunkBytes=1");
    assertThatThrownBy(() -> options.withDeadline(Duration.ZERO)).hasMessageContaining("deadline");
    assertThatThrownBy(() -> options.withTransfers(0, 64 << 20)).hasMessageContaining("transfers");
    assertThatThrownBy(() -> options.withTransfers(1, 4 << 20)).hasMessageContaining("Bytes");
  }

  @Test
  void resultsThrowWhatTheyAre() {
    Refusal refusal = Refusal.of(RefusalCode.NOT_FOUND, "OBJECT_NOT_FOUND", "no such object");
    assertThat(Result.yes(1).map(n -> n + 1).orElseThrow()).isEqualTo(2);
    assertThatThrownBy(() -> Result.no(refusal).orElseThrow())
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(refusal));
    assertThatThrownBy(() -> Result.unknown("id-1", "silence").orElseThrow())
        .isInstanceOfSatisfying(
            UnknownOutcomeException.class, e -> assertThat(e.requestId()).isEqualTo("id-1"));
  }

  @Test
  void aDigestIsReadAsItIsWritten() {
    Sha256 digest = Sha256.of(new byte[] {1, 2, 3});
    assertThat(Sha256.parse(digest.toString())).isEqualTo(digest);
    assertThat(Sha256.fromBytes(digest.toBytes())).isEqualTo(digest);
  }
}
