package io.balsa.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shortcuts for loading settings. */
final class Configs {
  /** What every node must be given. */
  static final List<String> REQUIRED = List.of("node.id=n1", "node.data-dir=data");

  private Configs() {}

  static NodeConfig flags(String... more) throws ConfigProblem {
    return ConfigLoader.load(Optional.empty(), Map.of(), with(REQUIRED, more));
  }

  static NodeConfig environment(Map<String, String> environment) throws ConfigProblem {
    return ConfigLoader.load(Optional.empty(), environment, REQUIRED);
  }

  static NodeConfig yaml(Path folder, String text) throws ConfigProblem {
    return ConfigLoader.load(Optional.of(file(folder, text)), Map.of(), REQUIRED);
  }

  static Path file(Path folder, String text) {
    try {
      return Files.writeString(folder.resolve("node.yaml"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> with(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all;
  }
}
