package io.balsa.client.model;

import java.time.Instant;
import java.util.Map;

/**
 * An object without its bytes.
 *
 * @param path its path
 * @param size bytes
 * @param digest SHA-256 of all bytes
 * @param revision the revision at which it became visible
 * @param modified the leader's clock when it was put, for display only
 * @param metadata the caller's own facts
 */
public record ObjectStat(
    String path,
    long size,
    Sha256 digest,
    long revision,
    Instant modified,
    Map<String, String> metadata) {
  /** Takes a copy. */
  public ObjectStat {
    metadata = Map.copyOf(metadata);
  }
}
