package io.balsa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of this module's test resources that holds what a test must find; {@code -Dgolden.rewrite}
 * writes it anew instead.
 */
public final class GoldenFile {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private GoldenFile() {}

  /** Where a resource stands in the source tree. */
  public static Path at(String resource) {
    return RESOURCES.resolve(resource);
  }

  /** The text of a resource. */
  public static String read(String resource) throws IOException {
    return Files.readString(at(resource));
  }

  /** Compares, or rewrites. */
  public static void check(String resource, String found) throws IOException {
    if (System.getProperty("golden.rewrite") != null) {
      Files.createDirectories(at(resource).getParent());
      Files.writeString(at(resource), found);
    }
    assertThat(found)
        .as("%s; -Dgolden.rewrite accepts what was found", resource)
        .isEqualTo(read(resource));
  }
}
