package io.balsa.catalog;

import io.balsa.model.LogPosition;

/**
 * Where the catalog is; written in the same batch as the rows that it speaks of.
 *
 * @param applied the last entry that is in the state
 * @param revision the last revision given
 * @param stampMillis the newest stamp seen; never goes back
 * @param replies the last reply sequence given
 * @param digest order-independent digest of all rows
 * @param collection how far space was freed
 */
public record CatalogHead(
    LogPosition applied,
    long revision,
    long stampMillis,
    long replies,
    StateDigest digest,
    CollectionState collection) {
  /** Of an empty catalog. */
  public static final CatalogHead EMPTY =
      new CatalogHead(LogPosition.START, 0, 0, 0, StateDigest.ZERO, CollectionState.NONE);

  /** The same state, with an entry applied that changes no row. */
  public CatalogHead at(LogPosition position) {
    return new CatalogHead(position, revision, stampMillis, replies, digest, collection);
  }

  CatalogHead stamped(long millis) {
    return new CatalogHead(
        applied, revision, Math.max(stampMillis, millis), replies, digest, collection);
  }

  CatalogHead withNextRevision() {
    return new CatalogHead(applied, revision + 1, stampMillis, replies, digest, collection);
  }

  CatalogHead withNextReply() {
    return new CatalogHead(applied, revision, stampMillis, replies + 1, digest, collection);
  }

  CatalogHead with(StateDigest newDigest) {
    return new CatalogHead(applied, revision, stampMillis, replies, newDigest, collection);
  }

  CatalogHead with(CollectionState newCollection) {
    return new CatalogHead(applied, revision, stampMillis, replies, digest, newCollection);
  }
}
