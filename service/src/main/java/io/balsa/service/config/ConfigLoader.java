package io.balsa.service.config;

import io.balsa.service.config.Given.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes a {@link NodeConfig} from what an operator gave. Flags win over environment variables, they
 * over the YAML file, and it over the defaults; a value that is not allowed is a problem even where
 * another one wins over it. What settings demand of each other is looked at once each of them is
 * allowed by itself.
 *
 * <p>The variable of {@code raft.segment-bytes-max} is {@code BALSA_RAFT_SEGMENT_BYTES_MAX}. Every
 * variable whose name begins with {@code BALSA_} must be one of a setting or of {@link
 * #OTHER_VARIABLES}: a setting that is misspelled must not go unnoticed. (Kubernetes makes such
 * variables for a Service named {@code balsa}: a pod wants {@code enableServiceLinks: false}.)
 *
 * <p>Stateless.
 */
public final class ConfigLoader {
  /**
   * Variables that begin with {@code BALSA_} and are not settings: the launcher and the command
   * line read them.
   */
  public static final Set<String> OTHER_VARIABLES =
      Set.of(
          "BALSA_FAILPOINTS",
          "BALSA_HEAP",
          "BALSA_HOME",
          "BALSA_JAVA_OPTS",
          "BALSA_LOG_LEVEL",
          "BALSA_NODES");

  private static final String COMMAND_LINE = "command line";

  private final List<SettingProblem> problems = new ArrayList<>();
  private final Map<Setting, Object> values = new HashMap<>();
  private final Set<Setting> refused = new HashSet<>();

  private ConfigLoader() {}

  /**
   * Loads the settings.
   *
   * @param yaml the configuration file, if there is one
   * @param environment the environment; variables that do not begin with {@code BALSA_} are ignored
   * @param overrides flags, each {@code key=value}; the last one of a key wins
   * @throws ConfigProblem listing everything that is wrong; the node must not start
   */
  public static NodeConfig load(
      Optional<Path> yaml, Map<String, String> environment, List<String> overrides)
      throws ConfigProblem {
    ConfigLoader loader = new ConfigLoader();
    SettingTree.SETTINGS
        .values()
        .forEach(setting -> setting.byDefault().ifPresent(v -> loader.values.put(setting, v)));
    yaml.ifPresent(file -> YamlSettings.read(file, loader.problems).forEach(loader::take));
    loader.takeEnvironment(environment);
    overrides.forEach(loader::takeOverride);
    return loader.build();
  }

  private void takeEnvironment(Map<String, String> environment) {
    Map<String, String> keys =
        SettingTree.SETTINGS.values().stream()
            .collect(
                Collectors.toMap(
                    Setting::environmentName, Setting::key, (a, b) -> a, LinkedHashMap::new));
    // Sorted, so that the same environment always reports in the same order.
    new TreeMap<>(environment)
        .forEach(
            (name, text) -> {
              String key = keys.get(name);
              if (key != null) {
                take(key, new Given(text, Kind.PLAIN, name));
              } else if (name.startsWith(Setting.ENVIRONMENT_PREFIX)
                  && !OTHER_VARIABLES.contains(name)) {
                String nearest = Nearest.to(name, keys.keySet());
                problems.add(
                    new SettingProblem(
                        Given.shorten(name),
                        new Given(text, Kind.PLAIN, "environment").shown(),
                        "a variable of a known setting, the nearest is " + nearest));
              }
            });
  }

  private void takeOverride(String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      problems.add(
          new SettingProblem(
              "a setting's flag",
              new Given(override, Kind.PLAIN, COMMAND_LINE).shown(),
              "key=value"));
      return;
    }
    String key = override.substring(0, equals);
    take(key, new Given(override.substring(equals + 1), Kind.PLAIN, COMMAND_LINE));
  }

  private void take(String key, Given given) {
    Setting setting = SettingTree.SETTINGS.get(key);
    if (setting == null) {
      String nearest = Nearest.to(key, SettingTree.SETTINGS.keySet());
      problems.add(
          new SettingProblem(
              Given.shorten(key), given.shown(), "a known setting, the nearest is " + nearest));
      return;
    }
    setting
        .rule()
        .read(given)
        .ifPresentOrElse(
            value -> values.put(setting, value),
            () -> {
              refused.add(setting);
              problems.add(
                  new SettingProblem(key, given.shown(), setting.rule().allowedInsteadOf(given)));
            });
  }

  private NodeConfig build() throws ConfigProblem {
    List<Record> sections = new ArrayList<>();
    for (SettingTree.Branch section : SettingTree.SECTIONS) {
      buildSection(section).ifPresent(sections::add);
    }
    if (problems.isEmpty()) {
      try {
        return SettingTree.build(sections);
      } catch (InvalidSettings e) {
        problems.addAll(e.problems());
      }
    }
    throw new ConfigProblem(problems);
  }

  /** The section; nothing if a setting of it is refused or missing, or they do not go together. */
  private Optional<Record> buildSection(SettingTree.Branch section) {
    boolean whole = true;
    for (Setting setting : section.settings()) {
      if (refused.contains(setting)) {
        whole = false;
      } else if (!values.containsKey(setting)) {
        whole = false;
        problems.add(new SettingProblem(setting.key(), "not given", setting.rule().allowed()));
      }
    }
    if (!whole) {
      return Optional.empty();
    }
    try {
      return Optional.of(section.build(values));
    } catch (InvalidSettings e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }
}
