package io.balsa.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlSettingsTest {
  @TempDir Path folder;

  static Stream<Arguments> badFiles() {
    return Stream.of(
        // Wrong types.
        bad("raft: {watch-timeout-ms: \"100\"}", "raft.watch-timeout-ms is \"100\"", "a whole"),
        bad("raft: {watch-timeout-ms: 100.5}", "raft.watch-timeout-ms is 100.5", "a whole"),
        bad("raft: {watch-timeout-ms: true}", "raft.watch-timeout-ms is true", "a whole"),
        bad("raft: {watch-timeout-ms: 1_000}", "raft.watch-timeout-ms is 1_000", "a whole"),
        bad("raft: {watch-timeout-ms: 0x64}", "raft.watch-timeout-ms is 0x64", "a whole"),
        bad("raft: {watch-timeout-ms: 0144}", "raft.watch-timeout-ms is 0144", "a whole"),
        bad("raft: {watch-timeout-ms: [100]}", "raft.watch-timeout-ms is a list", "a whole"),
        bad("raft: {watch-timeout-ms: {}}", "raft.watch-timeout-ms is a mapping", "a whole"),
        bad("raft:\n  watch-timeout-ms:\n", "raft.watch-timeout-ms is nothing", "a whole"),
        bad("node: {id: 17}", "node.id is 17", "text in quotes"),
        bad("node: {id: true}", "node.id is true", "text in quotes"),
        // Wrong shape.
        bad("raft: 5", "raft is 5", "settings below it"),
        bad("raft: []", "raft is a list", "settings below it"),
        bad("- raft", "the document is a list", "sections with settings below them"),
        bad("raft", "the document is \"raft\"", "sections with settings below them"),
        bad("rafts: {x: {y: 1}}", "rafts is a mapping", "the nearest is raft"),
        bad("raft.watch-timeout-ms: 5", "raft.watch-timeout-ms is 5", "raft: watch-timeout-ms"),
        bad("raft: {watch-timeout: 5}", "raft.watch-timeout is", "raft.watch-timeout-ms"),
        bad("raft: {a: {b: 1}}", "raft.a is a mapping", "a known setting"),
        bad("raft: {}\n---\nraft: {}", "the second document is", "one document"),
        // Twice.
        bad("raft: {}\nraft: {}", "raft is a mapping", "each section once"),
        bad(
            "raft: {watch-timeout-ms: 20, watch-timeout-ms: 30}",
            "raft.watch-timeout-ms is 30",
            "each setting once"),
        // What YAML could do besides.
        bad("node: {id: *a}", "node.id is \"a\"", "no anchors, aliases and tags"),
        bad("node: {id: !!str 5}", "node.id is \"5\"", "no anchors, aliases and tags"),
        bad("raft: &a {}", "raft is a mapping", "no anchors, aliases and tags"),
        bad("&a {raft: {}}", "the document is a mapping", "sections with settings below them"),
        // Not YAML.
        bad("raft: {", "the configuration file is", "plain YAML"),
        bad("raft:\n\t- x", "the configuration file is", "plain YAML"),
        bad("raft: \"\\q\"", "the configuration file is", "plain YAML"),
        bad("raft: [" + "[".repeat(10_000), "the configuration file is", "plain YAML"),
        bad("x: \u0000", "the configuration file is", "plain YAML"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void aBadFileIsNamedWithWhatIsAllowed(String text, String given, String allowed) {
    assertThatThrownBy(() -> Configs.yaml(folder, text))
        .isInstanceOfSatisfying(
            ConfigProblem.class,
            problem ->
                assertThat(problem.problems())
                    .anySatisfy(
                        one -> {
                          assertThat(one.line()).startsWith(given).contains("node.yaml");
                          assertThat(one.allowed()).contains(allowed);
                        }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# only a comment\n", "---\n", "raft:\n", "raft: {}\nnode:\n"})
  void aFileWithoutSettingsLeavesTheDefaults(String text) throws ConfigProblem {
    assertThat(Configs.yaml(folder, text)).isEqualTo(Configs.flags());
  }

  @Test
  void aProblemNamesItsLine() {
    assertThatThrownBy(() -> Configs.yaml(folder, "raft:\n  # why\n  watch-timeout-ms: 1\n"))
        .hasMessageContaining("node.yaml line 3); allowed");
  }

  @Test
  void aBillionLaughsAreNotUnfolded() {
    StringBuilder bomb = new StringBuilder("a: &a [lol]\n");
    for (char c = 'b'; c <= 'z'; c++) {
      String before = "*" + (char) (c - 1);
      bomb.append(c).append(": &").append(c).append(" [").append(before);
      bomb.append((", " + before).repeat(9)).append("]\n");
    }
    assertThatThrownBy(() -> Configs.yaml(folder, bomb.toString()))
        .isInstanceOfSatisfying(
            ConfigProblem.class, problem -> assertThat(problem.problems()).hasSize(26));
  }

  @Test
  void aFileOfTheLargestSizeIsReadAndALargerOneIsNot() throws ConfigProblem {
    String comment = "#" + "x".repeat(YamlSettings.FILE_BYTES_MAX - 1);
    assertThat(Configs.yaml(folder, comment)).isEqualTo(Configs.flags());
    assertThatThrownBy(() -> Configs.yaml(folder, comment + "x"))
        .isInstanceOf(ConfigProblem.class)
        .hasMessageContaining("more than 1048576 bytes");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws IOException {
    Path file = Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xe9});
    assertThatThrownBy(() -> ConfigLoader.load(Optional.of(file), Map.of(), Configs.REQUIRED))
        .isInstanceOf(ConfigProblem.class)
        .hasMessageContaining("not UTF-8");
  }

  private static Arguments bad(String text, String given, String allowed) {
    return Arguments.of(text, given, allowed);
  }
}
