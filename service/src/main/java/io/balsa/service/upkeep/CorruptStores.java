package io.balsa.service.upkeep;

import io.balsa.model.GroupName;

/** Told of a store that is damaged beyond repair in place. Thread-safe. */
@FunctionalInterface
public interface CorruptStores {
  /**
   * The store must be given up: it serves nothing any more, and is built anew from other members.
   *
   * @param cause what was met
   */
  void onCorruptStore(GroupName group, Exception cause);
}
