package io.balsa.service.grpc;

import java.time.Duration;

/** How fresh an answer must be. */
sealed interface ReadRule {
  /** At least as new as everything acknowledged anywhere before the read began. */
  record Linearizable() implements ReadRule {}

  /**
   * At most this old.
   *
   * @param ageMax at least zero
   */
  record Bounded(Duration ageMax) implements ReadRule {}

  /**
   * At least this revision.
   *
   * @param revision at least 0
   */
  record AtLeast(long revision) implements ReadRule {}

  /** At a version's revision, which never changes: no wait where it is known here. */
  record Pinned() implements ReadRule {}

  /** Whatever is here. */
  record Eventual() implements ReadRule {}
}
