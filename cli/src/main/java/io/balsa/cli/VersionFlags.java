package io.balsa.cli;

import io.balsa.client.model.NewVersion;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every verb that names a version. */
final class VersionFlags {
  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "What is in the version, for people.")
  private String message = "";

  @Option(
      names = "--parent",
      paramLabel = "NAME",
      description = "A version that this one continues; can be repeated.")
  private List<String> parents = List.of();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description =
          "How long to wait for the digest, which is computed in the background (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration wait = Duration.ofSeconds(30);

  /** For the SDK. */
  NewVersion version(String dataset, String name, long revision) {
    return new NewVersion(dataset, name, revision, message, parents);
  }

  /** How long to wait for the digest. */
  Duration atMost() {
    return wait;
  }
}
