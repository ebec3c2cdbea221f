package io.balsa.service.consensus;

import io.balsa.command.DigestMark;
import io.balsa.model.GroupName;
import io.balsa.replica.GroupStateMachine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Puts marks into the logs of the groups that this node leads, at which their replicas note the
 * digests of their states: at most one an interval, and none where nothing was applied since the
 * last. For one thread.
 */
public final class DigestMarker {
  private final RatisNode ratis;
  private final List<Marked> groups;
  private final long intervalNanos;
  private final Map<GroupName, Long> proposedAtNanos = new HashMap<>();

  /**
   * A group.
   *
   * @param replica this node's
   * @param propose puts a mark into the group's log, without waiting
   */
  public record Marked(GroupStateMachine replica, Consumer<DigestMark> propose) {}

  /**
   * Proposes nothing yet.
   *
   * @param interval positive
   */
  public DigestMarker(RatisNode ratis, List<Marked> groups, Duration interval) {
    this.ratis = ratis;
    this.groups = List.copyOf(groups);
    this.intervalNanos = interval.toNanos();
  }

  /**
   * Proposes what is due.
   *
   * @param nowNanos of a monotonic clock
   * @param doubted true where somewhere a replica is in doubt, so that a mark helps in any case
   */
  public void look(long nowNanos, boolean doubted) {
    for (Marked group : groups) {
      GroupName name = group.replica.name();
      Long before = proposedAtNanos.get(name);
      boolean isDue = before == null || nowNanos - before >= intervalNanos;
      if (isDue && ratis.isLeader(name) && (doubted || hasNews(group.replica))) {
        proposedAtNanos.put(name, nowNanos);
        group.propose.accept(new DigestMark(group.replica.digests().newest()));
      }
    }
  }

  private static boolean hasNews(GroupStateMachine replica) {
    long marked = replica.digests().newest().map(DigestMark.Noted::index).orElse(-1L);
    return replica.applied().reached() > marked;
  }
}
