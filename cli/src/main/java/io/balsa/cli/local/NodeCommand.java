package io.balsa.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How nodes are started.
 *
 * @param words a program and its arguments; {@code server --config FILE} follows
 * @param settings by key, such as {@code raft.segment-bytes-max}; for every node alike
 */
public record NodeCommand(List<String> words, Map<String, String> settings) {
  /** By name: the command line does not link a node in. */
  private static final String NODE_MAIN = "io.balsa.service.BalsaNode";

  /** Takes copies. */
  public NodeCommand {
    words = List.copyOf(words);
    settings = Map.copyOf(settings);
    for (String key : settings.keySet()) {
      if (!key.matches("[a-z-]+\\.[a-z0-9-]+")) {
        throw new IllegalArgumentException("setting='" + key + "', want section.name");
      }
    }
  }

  /** With the default settings. */
  public NodeCommand(List<String> words) {
    this(words, Map.of());
  }

  /** This command with other settings. */
  public NodeCommand with(Map<String, String> value) {
    return new NodeCommand(words, value);
  }

  /** The launcher's way; without a launcher, this JDK with this class path. */
  public static NodeCommand of(Optional<Path> launcher, Path javaHome, String classPath) {
    return launcher
        .map(script -> new NodeCommand(List.of(script.toString())))
        .orElseGet(
            () ->
                new NodeCommand(
                    List.of(
                        javaHome.resolve("bin").resolve("java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx768m",
                        "-XX:MaxDirectMemorySize=768m",
                        "-cp",
                        classPath,
                        NODE_MAIN)));
  }

  /** All words for a node with this configuration. */
  public List<String> server(Path config) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("server", "--config", config.toString()));
    return all;
  }
}
