package io.balsa.client.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A version: a name for a revision, for ever.
 *
 * @param dataset the dataset's name
 * @param name the version's name
 * @param revision what readers of this version see
 * @param message free text
 * @param parents names of the versions that it continues
 * @param created the leader's clock at creation, for display only
 * @param seal what is in it; empty while its digest is pending
 */
public record VersionEntry(
    String dataset,
    String name,
    long revision,
    String message,
    List<String> parents,
    Instant created,
    Optional<Seal> seal) {
  /** Takes a copy. */
  public VersionEntry {
    parents = List.copyOf(parents);
  }

  /**
   * What is in a version.
   *
   * @param digest SHA-256 over the LtHash state of all (path, digest) pairs
   * @param objects how many objects
   * @param bytes how many bytes
   */
  public record Seal(Sha256 digest, long objects, long bytes) {}
}
