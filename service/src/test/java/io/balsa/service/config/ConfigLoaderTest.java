package io.balsa.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @TempDir Path folder;

  /** The key, then a value that is not allowed, then what the problem says is allowed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          node.id                           | N1          | 1 to 63 characters of a-z, 0-9 and '-'
          node.id                           | ~~          | 1 to 63 characters of a-z, 0-9 and '-'
          node.id                           | -n          | the first one a letter or digit
          node.data-dir                     | ~~          | the path of a folder
          listen.peer-host                  | ~~          | a host name or an IP address
          listen.client-host                | a:b c       | a host name or an IP address
          listen.client-host                | http://a    | a host name or an IP address
          listen.peer-port                  | 0           | a whole number from 1 to 65535
          listen.client-port                | 65536       | a whole number from 1 to 65535
          listen.client-port                | 7411        | a port other than listen.peer-port
          listen.client-host                | 0.0.0.0     | a host that others can call
          raft.election-timeout-min-ms      | 49          | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 60001       | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | soon        | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 500ms       | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 5e2         | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 500.0       | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 0500        | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | -500        | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | +500        | a whole number from 50 to 60000
          raft.election-timeout-min-ms      | 99999999999999999999 | from 50 to 60000
          raft.election-timeout-min-ms      | ~~          | a whole number from 50 to 60000
          raft.election-timeout-max-ms      | 799         | at least 1.6 times raft.election-timeout
          raft.first-election-timeout-max-ms| 319         | at least 1.6 times raft.first-election
          raft.log-bytes-max                | 1000000     | a whole number from 1048576
          raft.snapshot-every-entries       | 9           | a whole number from 10 to
          raft.purge-keep-entries           | -1          | a whole number from 0 to
          catalog.batch-commands-max        | 4097        | a whole number from 1 to 4096
          chunks.chunk-bytes                | 65535       | a whole number from 65536 to 16777216
          chunks.chunk-bytes                | 16777217    | a whole number from 65536 to 16777216
          chunks.pack-bytes-max             | 1048575     | a whole number from 1048576
          chunks.entry-bytes-max            | 4194303     | at least chunks.chunk-bytes, 4194304
          chunks.window-bytes               | 16777215    | a whole number from 16777216
          limits.request-bytes-in-flight-max| 1024        | a whole number from 16777216
          raft.request-timeout-ms           | 30001       | at most limits.request-timeout-ms, 30000
          freshness.barrier-timeout-ms      | 30001       | at most limits.request-timeout-ms, 30000
          """)
  void aValueThatIsNotAllowedIsNamedWithItsKeyAndWhatIsAllowed(
      String key, String value, String allowed) {
    assertThatThrownBy(() -> Configs.flags(key + "=" + value))
        .isInstanceOfSatisfying(
            ConfigProblem.class,
            problem -> {
              assertThat(problem.problems()).hasSize(1);
              SettingProblem only = problem.problems().getFirst();
              // Two settings may clash; then the problem stands at either one.
              assertThat(only.key()).startsWith(key.substring(0, key.indexOf('.')));
              assertThat(only.given()).contains('"' + value + '"');
              assertThat(only.allowed()).contains(allowed);
              assertThat(problem).hasMessage(only.line());
            });
  }

  @ParameterizedTest
  @CsvSource({
    "raft.elction-timeout-min-ms, raft.election-timeout-min-ms",
    "raft.election-timeout-min, raft.election-timeout-min-ms",
    "Node.Id, node.id",
    "chunk.chunk-bytes, chunks.chunk-bytes",
    "window-bytes, chunks.window-bytes"
  })
  void anUnknownKeyIsToldItsNearestKnownOne(String given, String nearest) {
    assertThatThrownBy(() -> Configs.flags(given + "=7"))
        .isInstanceOf(ConfigProblem.class)
        .hasMessage(
            given
                + " is \"7\" (command line); allowed: a known setting, the nearest is "
                + nearest);
  }

  @Test
  void everyProblemIsToldAtOnce() {
    Path yaml =
        Configs.file(
            folder,
            """
            node: {id: n1}
            raft:
              watch-timeout-ms: 1
              election-timeout-max-ms: 600
            chunks:
              chunk-byte: 3
              entries-in-flight-max: 64
            """);
    ConfigProblem problem =
        catchThrowableOfType(
            ConfigProblem.class,
            () ->
                ConfigLoader.load(
                    Optional.of(yaml),
                    Map.of("BALSA_LISTEN_PEER_PORT", "none", "BALSA_CHUNK_BYTES", "1"),
                    List.of("limits.streams-max=0", "verbose")));
    assertThat(problem.problems())
        .extracting(SettingProblem::key)
        .containsExactly(
            "raft.watch-timeout-ms",
            "chunks.chunk-byte",
            "BALSA_CHUNK_BYTES",
            "listen.peer-port",
            "limits.streams-max",
            "a setting's flag",
            "node.data-dir",
            "chunks.window-bytes");
    assertThat(problem.getMessage().lines()).hasSize(8);
  }

  @Test
  void whatMustBeGivenIsToldWhenItIsMissing() {
    assertThatThrownBy(() -> ConfigLoader.load(Optional.empty(), Map.of(), List.of()))
        .isInstanceOf(ConfigProblem.class)
        .hasMessageContaining("node.id is not given; allowed: 1 to 63 characters of")
        .hasMessageContaining("node.data-dir is not given; allowed: the path of a folder");
  }

  @Test
  void flagsWinOverEnvironmentOverFileOverDefaults() throws ConfigProblem {
    Path yaml =
        Configs.file(
            folder,
            """
            node: {id: from-file, data-dir: from-file}
            raft: {watch-timeout-ms: 11, request-timeout-ms: 101}
            limits: {streams-max: 1}
            """);
    Map<String, String> environment =
        Map.of(
            "BALSA_NODE_ID", "from-environment",
            "BALSA_LIMITS_STREAMS_MAX", "2",
            "BALSA_RAFT_WATCH_TIMEOUT_MS", "12");
    NodeConfig config =
        ConfigLoader.load(
            Optional.of(yaml),
            environment,
            List.of("limits.streams-max=4", "limits.streams-max=3"));
    assertThat(config.limits().streamsMax()).isEqualTo(3);
    assertThat(config.node().id()).isEqualTo("from-environment");
    assertThat(config.raft().watchTimeout()).isEqualTo(Duration.ofMillis(12));
    assertThat(config.raft().requestTimeout()).isEqualTo(Duration.ofMillis(101));
    assertThat(config.node().dataDir()).isEqualTo(Path.of("from-file"));
    assertThat(config.raft().electionTimeoutMin()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aBadValueIsAProblemEvenIfABetterOneWins() {
    assertThatThrownBy(() -> Configs.flags("limits.streams-max=0", "limits.streams-max=3"))
        .isInstanceOf(ConfigProblem.class)
        .hasMessageContaining("limits.streams-max is \"0\" (command line)");
  }

  @Test
  void aVariableThatIsNoSettingsIsRefused() {
    assertThatThrownBy(
            () -> Configs.environment(Map.of("BALSA_RAFT_WATCH_TIMEOUT", "5", "HOME", "x")))
        .isInstanceOf(ConfigProblem.class)
        .hasMessage(
            "BALSA_RAFT_WATCH_TIMEOUT is \"5\" (environment); allowed: a variable of a known"
                + " setting, the nearest is BALSA_RAFT_WATCH_TIMEOUT_MS");
  }

  @Test
  void theLaunchersVariablesAreLeftAlone() throws ConfigProblem {
    Map<String, String> environment =
        Map.of(
            "BALSA_JAVA_OPTS", "-Xint",
            "BALSA_HOME", "x",
            "BALSA_LOG_LEVEL", "debug",
            "BALSA_HEAP", "1g",
            "BALSA_NODES", "127.0.0.1:7401");
    assertThat(Configs.environment(environment)).isEqualTo(Configs.flags());
  }

  @Test
  void aFlagWithoutAKeyOrAValueIsRefused() {
    for (String flag : List.of("", "=", "=5", "limits.streams-max", "limits.streams-max 5")) {
      assertThatThrownBy(() -> Configs.flags(flag))
          .isInstanceOf(ConfigProblem.class)
          .hasMessage("a setting's flag is \"" + flag + "\" (command line); allowed: key=value");
    }
  }

  @Test
  void anEqualsSignMayStandInAValue() throws ConfigProblem {
    NodeConfig config = Configs.flags("node.data-dir=a=b");
    assertThat(config.node().dataDir()).isEqualTo(Path.of("a=b"));
  }

  @Test
  void aFileThatCannotBeReadIsAProblem() throws IOException {
    for (Path file :
        List.of(folder.resolve("missing.yaml"), Files.createDirectory(folder.resolve("d")))) {
      assertThatThrownBy(() -> ConfigLoader.load(Optional.of(file), Map.of(), Configs.REQUIRED))
          .isInstanceOf(ConfigProblem.class)
          .hasMessageContaining("the configuration file is " + file)
          .hasMessageContaining("allowed: a readable file of at most 1048576 bytes");
    }
  }

  @Test
  void aMessageOfAThousandProblemsIsCut() {
    String[] flags = new String[1_000];
    java.util.Arrays.fill(flags, "x=1");
    assertThatThrownBy(() -> Configs.flags(flags))
        .isInstanceOfSatisfying(
            ConfigProblem.class,
            problem -> {
              assertThat(problem.problems()).hasSize(1_000);
              assertThat(problem.getMessage().lines()).hasSize(ConfigProblem.SHOWN_MAX + 1);
              assertThat(problem).hasMessageEndingWith("\nand 950 more");
            });
  }
}
