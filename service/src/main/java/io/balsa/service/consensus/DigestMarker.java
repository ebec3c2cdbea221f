package io.balsa.service.consensus;

import io.balsa.command.DigestMark;
import io.balsa.model.GroupName;
import io.balsa.replica.GroupStateMachine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
   * The first mark is due after the interval.
   *
   * @param interval positive
   * @param nowNanos of a monotonic clock
   */
  public DigestMarker(RatisNode ratis, List<Marked> groups, Duration interval, long nowNanos) {
    this.ratis = ratis;
    this.groups = List.copyOf(groups);
    this.intervalNanos = interval.toNanos();
    groups.forEach(group -> proposedAtNanos.put(group.replica.name(), nowNanos));
  }

  /**
   * Proposes what is due.
   *
   * @param nowNanos of a monotonic clock
   * @param wanted true for a group in which a mark helps although nothing was applied
   */
  public void look(long nowNanos, Predicate<GroupStateMachine> wanted) {
    for (Marked group : groups) {
      GroupName name = group.replica.name();
      boolean isDue = nowNanos - proposedAtNanos.getOrDefault(name, nowNanos) >= intervalNanos;
      if (isDue
          && ratis.isElected(name)
          && ratis.isLeader(name)
          && (hasNews(group.replica) || wanted.test(group.replica))) {
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
