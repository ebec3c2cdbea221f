package io.balsa.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every verb that lists. */
final class PageFlags {
  /** The SDK's largest page. */
  static final int SIZE_MAX = 1_000;

  @Option(
      names = "--page-size",
      paramLabel = "N",
      description = "Show one page of at most N entries, 1 to 1000 (default: show everything).")
  private Optional<Integer> size = Optional.empty();

  @Option(
      names = "--page",
      paramLabel = "TOKEN",
      description = "Show the page that an earlier page called its next one.")
  private Optional<String> token = Optional.empty();

  /** Entries of a page. */
  int size() {
    int entries = size.orElse(SIZE_MAX);
    if (entries < 1 || entries > SIZE_MAX) {
      throw VerbFailed.usage("--page-size=" + entries + ", want 1 to " + SIZE_MAX);
    }
    return entries;
  }

  /** The first page to show. */
  String token() {
    return token.orElse("");
  }

  /** True where only one page is asked for. */
  boolean isOnePage() {
    return size.isPresent() || token.isPresent();
  }
}
