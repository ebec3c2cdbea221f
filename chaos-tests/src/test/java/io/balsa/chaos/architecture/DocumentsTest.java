package io.balsa.chaos.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents say what is there. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+Test)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Set<String> existing = testClasses();
    for (Path document : documents()) {
      assertThat(matches(TEST, document))
          .as("tests named in %s", ROOT.relativize(document))
          .isSubsetOf(existing);
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path document : documents()) {
      for (String link : matches(LINK, document)) {
        if (!link.contains("://")) {
          assertThat(document.resolveSibling(link))
              .as("link in %s", ROOT.relativize(document))
              .exists();
        }
      }
    }
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream<Path> others =
          Stream.of("README.md", "CHANGELOG.md", "bench/README.md", "chaos-tests/README.md")
              .map(ROOT::resolve);
      return Stream.concat(docs.filter(file -> file.toString().endsWith(".md")), others).toList();
    }
  }

  private static Set<String> matches(Pattern pattern, Path document) throws IOException {
    return pattern
        .matcher(Files.readString(document))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> testClasses() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.forEach(file -> names.add(file.getFileName().toString().replace(".java", "")));
          }
        }
      }
    }
    return names;
  }
}
