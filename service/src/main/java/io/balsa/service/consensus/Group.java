package io.balsa.service.consensus;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.service.freshness.FreshnessGate;
import java.time.Duration;
import java.util.Optional;

/**
 * A group as the front end of one of its nodes sees it. All methods are thread-safe; those that
 * take a timeout block and are made for virtual threads.
 */
public sealed interface Group permits CatalogGroup, ChunkGroup {
  /** Its name. */
  GroupName name();

  /** True where this node leads the group and has applied everything of earlier terms. */
  boolean isLeader();

  /** The leader as known here; empty during an election. May be out of date. */
  Optional<Member> leader();

  /** Proves freshness of this node's replica. */
  FreshnessGate gate();

  /**
   * On the leader: an index that covers everything committed before the call, applied here.
   *
   * @param timeout positive
   */
  Outcome<LogPosition> confirm(Duration timeout);

  /**
   * On the leader: waits until every voter has synced the log up to {@code index}.
   *
   * @param timeout positive
   * @return false where that is not so when the time is over; the entry is committed all the same
   */
  boolean awaitAll(long index, Duration timeout);
}
