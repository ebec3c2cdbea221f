package io.balsa.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words that start a node.
 *
 * @param words a program and its arguments; {@code server --config FILE} follows
 */
public record NodeCommand(List<String> words) {
  /** By name: the command line does not link a node in. */
  private static final String NODE_MAIN = "io.balsa.service.BalsaNode";

  /** Takes a copy. */
  public NodeCommand {
    words = List.copyOf(words);
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
  List<String> server(Path config) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("server", "--config", config.toString()));
    return all;
  }
}
