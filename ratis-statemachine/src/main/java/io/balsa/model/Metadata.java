package io.balsa.model;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The caller's own facts about an object, ordered by key.
 *
 * @param pairs at most {@link Limits#METADATA_PAIRS_MAX}, and {@link Limits#METADATA_BYTES_MAX} of
 *     UTF-8 in all; keys not empty
 */
public record Metadata(SortedMap<String, String> pairs) {
  /** No facts. */
  public static final Metadata NONE = new Metadata(new TreeMap<>());

  /** Copies and checks; {@link InvalidField} otherwise. */
  public Metadata {
    Limits.require("metadata pairs", pairs.size(), 0, Limits.METADATA_PAIRS_MAX);
    long bytes = 0;
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      if (pair.getKey().isEmpty()) {
        throw new InvalidField("metadata key", "", "at least one character");
      }
      bytes += utf8Length(pair.getKey()) + utf8Length(pair.getValue());
    }
    Limits.require("metadata bytes", bytes, 0, Limits.METADATA_BYTES_MAX);
    pairs = Collections.unmodifiableSortedMap(new TreeMap<>(pairs));
  }

  /** Takes pairs in any order. */
  public static Metadata of(Map<String, String> pairs) {
    return pairs.isEmpty() ? NONE : new Metadata(new TreeMap<>(pairs));
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
