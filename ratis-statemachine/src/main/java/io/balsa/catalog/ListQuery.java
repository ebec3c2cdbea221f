package io.balsa.catalog;

import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import java.nio.charset.StandardCharsets;

/**
 * What to list.
 *
 * @param datasetId the dataset's incarnation
 * @param revision what to show; at most the view's
 * @param prefix only paths that begin so; may be empty
 * @param delimiter empty, or "/": paths with a further "/" behind the prefix become one common
 *     prefix, which ends with it
 * @param startAfter empty, or an earlier {@link Listing#next}, or any path: only what is behind it
 * @param pageSize objects and common prefixes in all, 1 to {@link #PAGE_SIZE_MAX}
 */
public record ListQuery(
    long datasetId,
    long revision,
    String prefix,
    String delimiter,
    String startAfter,
    int pageSize) {
  /** Entries of a page. */
  public static final int PAGE_SIZE_MAX = 1_000;

  /** Checks; {@link InvalidField} otherwise. */
  public ListQuery {
    Limits.require("page_size", pageSize, 1, PAGE_SIZE_MAX);
    Limits.require("prefix bytes", utf8Length(prefix), 0, Limits.PATH_BYTES_MAX);
    Limits.require("start_after bytes", utf8Length(startAfter), 0, Limits.PATH_BYTES_MAX);
    if (!delimiter.isEmpty() && !delimiter.equals("/")) {
      throw new InvalidField("delimiter", delimiter, "empty or '/'");
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
