package io.balsa.catalog;

import java.util.Optional;

/**
 * A row replaced by another of the same table and key.
 *
 * @param before the row that is there now; empty for a new row
 * @param after the row that shall be there; empty to remove it
 */
public record CatalogWrite(Optional<CatalogRow> before, Optional<CatalogRow> after) {
  /** Checks that it does something. */
  public CatalogWrite {
    if (before.isEmpty() && after.isEmpty()) {
      throw new IllegalArgumentException("a write needs a row before or after");
    }
  }

  /** A row that was not there. */
  public static CatalogWrite insert(CatalogRow after) {
    return new CatalogWrite(Optional.empty(), Optional.of(after));
  }

  /** A row in place of another with the same key. */
  public static CatalogWrite replace(CatalogRow before, CatalogRow after) {
    return new CatalogWrite(Optional.of(before), Optional.of(after));
  }

  /** No row any more. */
  public static CatalogWrite remove(CatalogRow before) {
    return new CatalogWrite(Optional.of(before), Optional.empty());
  }
}
