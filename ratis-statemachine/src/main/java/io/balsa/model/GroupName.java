package io.balsa.model;

import java.util.regex.Pattern;

/**
 * A Raft group's name: "catalog", or "chunks-1" and up.
 *
 * @param text the name
 */
public record GroupName(String text) {
  /** The group that holds names. */
  public static final GroupName CATALOG = new GroupName("catalog");

  private static final Pattern CHUNKS = Pattern.compile("chunks-([1-9][0-9]?)");

  /** Checks the rule; {@link InvalidField} otherwise. */
  public GroupName {
    if (!text.equals("catalog") && !CHUNKS.matcher(text).matches()) {
      throw new InvalidField(
          "group", text, "catalog, or chunks-1 to chunks-" + Limits.CHUNK_GROUPS_MAX);
    }
  }

  /** The name of a chunk group by its number, 1 and up. */
  public static GroupName chunks(int group) {
    Limits.require("group", group, 1, Limits.CHUNK_GROUPS_MAX);
    return new GroupName("chunks-" + group);
  }

  /** True for the catalog's group. */
  public boolean isCatalog() {
    return equals(CATALOG);
  }

  /** The number of a chunk group; 0 for the catalog. */
  public int chunkGroup() {
    return isCatalog() ? 0 : Integer.parseInt(text.substring("chunks-".length()));
  }

  @Override
  public String toString() {
    return text;
  }
}
