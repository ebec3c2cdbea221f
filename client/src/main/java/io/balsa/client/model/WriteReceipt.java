package io.balsa.client.model;

import java.util.Optional;

/**
 * Proof of how durable a write is.
 *
 * @param revision the revision at which the write became visible; for a staged object, at which it
 *     was staged
 * @param digest SHA-256 of the object's bytes, where the write was an object
 * @param durability what is proven
 * @param durabilityAsked what was asked for
 * @param term Raft term of the catalog entry
 * @param index Raft index of the catalog entry
 */
public record WriteReceipt(
    long revision,
    Optional<Sha256> digest,
    Durability durability,
    Durability durabilityAsked,
    long term,
    long index) {
  /**
   * True where all that was asked for is proven. Otherwise the write is committed, but not yet on
   * every replica: that is no failure, so do not send it again.
   */
  public boolean isAsDurableAsAsked() {
    return durability.compareTo(durabilityAsked) >= 0;
  }
}
