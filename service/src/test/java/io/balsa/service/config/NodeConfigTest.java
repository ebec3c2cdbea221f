package io.balsa.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
  @Test
  void theDefaultsAreTheDocumentedOnes() throws ConfigProblem {
    NodeConfig config = Configs.flags();
    assertThat(config.node()).isEqualTo(new NodeSection("n1", Path.of("data")));
    assertThat(config.listen())
        .isEqualTo(new ListenSection("127.0.0.1", 7411, "127.0.0.1", 7401, "127.0.0.1"));
    assertThat(config.raft())
        .isEqualTo(
            new RaftSection(
                Duration.ofMillis(500),
                Duration.ofMillis(900),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3),
                33_554_432,
                20_000,
                1_000,
                268_435_456,
                Duration.ofSeconds(20)));
    assertThat(config.catalog())
        .isEqualTo(new CatalogSection(2_000_000, Duration.ofDays(1), 512, 1_048_576, 4));
    assertThat(config.chunks())
        .isEqualTo(new ChunkSection(4_194_304, 1_073_741_824, 4_194_304, 4, 67_108_864));
    assertThat(config.freshness()).isEqualTo(new FreshnessSection(Duration.ofSeconds(5)));
    assertThat(config.limits())
        .isEqualTo(
            new LimitsSection(
                1_024, 268_435_456, Duration.ofSeconds(30), 256, Duration.ofSeconds(10)));
    assertThat(config.memory()).isEqualTo(new MemorySection(67_108_864, 67_108_864));
    assertThat(config.scrub()).isEqualTo(new ScrubSection(33_554_432, Duration.ofDays(1)));
    assertThat(config.compaction()).isEqualTo(new CompactionSection(67_108_864, 67_108_864, 12));
  }

  @Test
  void everyKeyIsAPathOfLowerCaseWordsThatEndsInItsUnit() {
    assertThat(SettingTree.SETTINGS).hasSize(41);
    SettingTree.SETTINGS.forEach(
        (key, setting) -> {
          assertThat(key).matches("[a-z]+\\.[a-z]+(-[a-z]+)*");
          assertThat(setting.meaning()).endsWith(".").doesNotContain("  ");
          String unit = setting.rule().unit().orElse("text");
          assertThat(key.endsWith("-ms")).as(key).isEqualTo(unit.equals("ms"));
          assertThat(key.contains("bytes")).as(key).isEqualTo(unit.equals("bytes"));
        });
  }

  @Test
  void aTreeBuiltByHandIsCheckedToo() throws ConfigProblem {
    NodeConfig good = Configs.flags();
    assertThatThrownBy(
            () ->
                new NodeConfig(
                    new NodeSection("Not a name", Path.of("data")),
                    good.listen(),
                    good.raft(),
                    good.catalog(),
                    good.chunks(),
                    new FreshnessSection(Duration.ZERO),
                    good.limits(),
                    good.memory(),
                    good.scrub(),
                    good.compaction()))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("node.id is \"Not a name\"; allowed:")
        .hasMessageContaining("freshness.barrier-timeout-ms is \"0\"; allowed: a whole number");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, '',      127.0.0.1:1, 127.0.0.1:2",
    "0.0.0.0,   0.0.0.0,   n1.test, n1.test:1,   n1.test:2",
    "::,        '::',      fe80::7, [fe80::7]:1, [fe80::7]:2",
    "10.0.0.7,  0.0.0.0,   n1.test, 10.0.0.7:1,  n1.test:2",
    "10.0.0.7,  10.1.0.7,  '',      10.0.0.7:1,  10.1.0.7:2",
  })
  void othersAreToldAnAddressThatTheyCanCall(
      String peerHost, String clientHost, String advertised, String peer, String client) {
    ListenSection listen = new ListenSection(peerHost, 1, clientHost, 2, advertised);
    assertThat(listen.peerAddress()).isEqualTo(peer);
    assertThat(listen.clientAddress()).isEqualTo(client);
  }

  @Test
  void twoListenersMayShareAPortOnDifferentAddresses() {
    assertThat(new ListenSection("10.0.0.7", 7, "10.1.0.7", 7, "").clientPort()).isEqualTo(7);
    for (String peerHost : new String[] {"10.1.0.7", "0.0.0.0", "::"}) {
      assertThatThrownBy(() -> new ListenSection(peerHost, 7, "10.1.0.7", 7, ""))
          .isInstanceOf(InvalidSettings.class)
          .hasMessageContaining("a port other than listen.peer-port");
    }
  }

  @Test
  void aVariableIsNamedAfterItsKey() throws ConfigProblem {
    NodeConfig config = Configs.environment(Map.of("BALSA_RAFT_ELECTION_TIMEOUT_MIN_MS", "400"));
    assertThat(config.raft().electionTimeoutMin()).isEqualTo(Duration.ofMillis(400));
  }
}
