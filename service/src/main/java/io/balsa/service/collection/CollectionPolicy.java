package io.balsa.service.collection;

import java.time.Duration;

/**
 * What is kept, and how fast the rest goes.
 *
 * @param retainedRevisions the newest revisions stay readable
 * @param retainedFor how long every revision stays readable at least
 * @param grace how long a chunk that no object names stays stored at least, for an upload that was
 *     told that it is there
 * @param entriesPerSecond how many entries a round may put into the catalog's log; at least 1
 */
public record CollectionPolicy(
    long retainedRevisions, Duration retainedFor, Duration grace, int entriesPerSecond) {
  /** Keeps nothing back, for an operator who wants space now. */
  CollectionPolicy now() {
    return new CollectionPolicy(0, Duration.ZERO, Duration.ZERO, entriesPerSecond);
  }
}
