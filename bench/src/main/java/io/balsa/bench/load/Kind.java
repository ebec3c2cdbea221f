package io.balsa.bench.load;

import java.util.Locale;

/** What the load does. */
public enum Kind {
  /** An object where none was. */
  PUT,
  /** An object in the place of another. */
  OVERWRITE,
  /** An object goes. */
  DELETE,
  /** A whole transaction of several objects, up to its publish or abort. */
  TRANSACTION,
  /** A version is made. */
  VERSION,
  /** A version goes. */
  VERSION_REMOVE,
  /** A read at this level. */
  READ_LINEARIZABLE,
  /** A read at this level. */
  READ_BOUNDED,
  /** A read at this level. */
  READ_AT_LEAST,
  /** A read at this level. */
  READ_PINNED,
  /** A read at this level. */
  READ_EVENTUAL;

  /** As it is written in columns and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
