package io.balsa.catalog;

import io.balsa.command.ObjectContent;
import io.balsa.model.ObjectPath;

/**
 * An object as a reader at some revision sees it.
 *
 * @param row its row; never a deletion
 * @param revision at which it became visible: the row's own, or its transaction's publish
 */
public record VisibleObject(ObjectRow row, long revision) {
  /** Checks that there is something to see. */
  public VisibleObject {
    if (row.content().isEmpty() || revision < row.revision()) {
      throw new IllegalArgumentException("nobody sees " + row + " from revision " + revision);
    }
  }

  /** Where. */
  public ObjectPath path() {
    return row.path();
  }

  /** What. */
  public ObjectContent content() {
    return row.content().orElseThrow();
  }
}
