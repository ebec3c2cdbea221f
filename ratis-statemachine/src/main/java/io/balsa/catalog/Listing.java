package io.balsa.catalog;

import java.util.List;
import java.util.Optional;

/**
 * A page of a listing.
 *
 * @param objects in byte order of path
 * @param commonPrefixes in byte order
 * @param next where the next page starts after; empty on the last page. A page that met its bound
 *     on work may be short, even empty, and yet have a next one
 */
public record Listing(
    List<VisibleObject> objects, List<String> commonPrefixes, Optional<String> next) {
  /** Copies. */
  public Listing {
    objects = List.copyOf(objects);
    commonPrefixes = List.copyOf(commonPrefixes);
  }
}
