package io.balsa.client.model;

/** One line of a listing: an object, or a common prefix where paths are folded. */
public sealed interface ListEntry {
  /**
   * An object.
   *
   * @param object without its bytes
   */
  record Found(ObjectStat object) implements ListEntry {}

  /**
   * Paths that share a prefix.
   *
   * @param prefix ends with '/'
   */
  record Folder(String prefix) implements ListEntry {}

  /** The path or the prefix. */
  default String path() {
    return switch (this) {
      case Found(ObjectStat object) -> object.path();
      case Folder(String prefix) -> prefix;
    };
  }
}
