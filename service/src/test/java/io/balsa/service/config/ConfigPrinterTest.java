package io.balsa.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigPrinterTest {
  @TempDir Path folder;

  @Test
  void thePrintOfTheDefaultsLoadsToTheDefaults() throws ConfigProblem {
    assertThat(Configs.yaml(folder, ConfigPrinter.printDefaults())).isEqualTo(Configs.flags());
  }

  @Test
  void aPrintShowsEverySettingWithItsMeaningUnitDefaultAndRange() {
    String print = ConfigPrinter.printDefaults();
    String words = print.replaceAll("\n *#", "");
    for (Setting setting : SettingTree.SETTINGS.values()) {
      assertThat(words).contains(setting.meaning(), setting.environmentName());
      assertThat(print)
          .contains("\n  " + (setting.byDefault().isPresent() ? "" : "# ") + setting.name() + ":");
    }
    assertThat(print)
        .contains(
            """
              # The longest such silence; each follower draws its own between the two.
              # Unit ms; default 900; allowed: a whole number from 80 to 120000;
              # BALSA_RAFT_ELECTION_TIMEOUT_MAX_MS
              election-timeout-max-ms: 900
            """);
    assertThat(print.lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "a#b", "a: b", "'", "\"", "\\", "\n", "\t", "é", "\u2028", "😀", "*a", "~"})
  void aFolderOfAnyNameSurvivesAPrint(String name) throws ConfigProblem {
    NodeConfig config = Configs.flags("node.data-dir=" + name);
    assertThat(config.node().dataDir()).isEqualTo(Path.of(name));
    assertThat(reloaded(config)).isEqualTo(config);
  }

  @Test
  void aPrintOfAnyConfigurationLoadsToTheSame() throws ConfigProblem {
    long seed = Long.getLong("seed", 20_261);
    Random random = new Random(seed);
    int loaded = 0;
    for (int round = 0; round < 500; round++) {
      Optional<NodeConfig> config = random(random);
      if (config.isPresent()) {
        loaded++;
        assertThat(reloaded(config.get())).as("-Dseed=%d", seed).isEqualTo(config.get());
      }
    }
    assertThat(loaded).as("-Dseed=%d", seed).isGreaterThan(50);
  }

  /** A tree with a few settings anywhere in their range; nothing if they do not go together. */
  private static Optional<NodeConfig> random(Random random) {
    List<String> flags = new ArrayList<>(Configs.REQUIRED);
    for (Setting setting : SettingTree.SETTINGS.values()) {
      if (setting.rule() instanceof ValueRule.WholeNumber number && random.nextInt(8) == 0) {
        flags.add(setting.key() + "=" + random.nextLong(number.min(), number.max() + 1));
      }
    }
    try {
      return Optional.of(ConfigLoader.load(Optional.empty(), Map.of(), flags));
    } catch (ConfigProblem together) {
      return Optional.empty();
    }
  }

  private NodeConfig reloaded(NodeConfig config) throws ConfigProblem {
    Path print = Configs.file(folder, ConfigPrinter.print(config));
    return ConfigLoader.load(Optional.of(print), Map.of(), List.of());
  }
}
