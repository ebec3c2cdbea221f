package io.balsa.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.command.Reason;
import io.balsa.testing.GoldenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogTraceTest {
  @ParameterizedTest
  @MethodSource("traces")
  void theTraceComesToWhatItSays(String trace) throws IOException {
    GoldenFile.check(trace, new CatalogTrace().play(GoldenFile.read(trace)));
  }

  @Test
  void everyReasonIsSeenInSomeTrace() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String trace : traces()) {
      all.append(GoldenFile.read(trace));
    }
    for (Reason reason : Reason.values()) {
      assertThat(all).contains("rejected " + reason);
    }
  }

  static List<String> traces() throws IOException {
    try (Stream<Path> files = Files.list(GoldenFile.at("testdata"))) {
      return files.map(file -> "testdata/" + file.getFileName()).sorted().toList();
    }
  }
}
