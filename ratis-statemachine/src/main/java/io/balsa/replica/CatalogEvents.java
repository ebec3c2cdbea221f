package io.balsa.replica;

import io.balsa.catalog.VersionRow;

/** What a catalog's replica tells. Called on the updater's thread, so both must return soon. */
public interface CatalogEvents {
  /** A version's row was written by an applied entry. */
  void versionWritten(VersionRow row);

  /** The catalog is another one than before: rows may have changed without having been told. */
  void catalogReplaced();
}
