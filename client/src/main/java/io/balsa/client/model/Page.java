package io.balsa.client.model;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param items in their order
 * @param next the token of the next page; empty on the last
 */
public record Page<T>(List<T> items, Optional<String> next) {
  /** Takes a copy. */
  public Page {
    items = List.copyOf(items);
  }
}
