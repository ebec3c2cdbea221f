package io.balsa.service.upkeep;

import io.balsa.model.GroupName;
import io.balsa.raftlog.ClosedSegments;
import io.balsa.raftlog.LogContents;
import java.io.IOException;
import java.util.Optional;

/**
 * The closed segments of a group's Raft log, read one at a time.
 *
 * @param group whose
 * @param segments of its log
 * @param onDamage told of what is wrong
 */
public record LogTarget(GroupName group, ClosedSegments segments, OnDamage onDamage)
    implements ScrubTarget {
  /** Told of a damaged log. */
  @FunctionalInterface
  public interface OnDamage {
    /** A segment is damaged; what it holds cannot be trusted to vote for. */
    void found(GroupName group, LogContents.Flaw flaw);
  }

  @Override
  public String name() {
    return group + "/log";
  }

  @Override
  public long bytes() throws IOException {
    return segments.bytes();
  }

  /** The cursor's offset is the index of the next entry. */
  @Override
  public Step step(Cursor from, long bytesMax) throws IOException {
    Optional<ClosedSegments.Checked> checked = segments.check(from.offset());
    if (checked.isEmpty()) {
      return new Step(Cursor.START, 0, 0, true);
    }
    Optional<LogContents.Flaw> flaw = checked.get().flaw();
    flaw.ifPresent(found -> onDamage.found(group, found));
    return new Step(
        new Cursor(0, checked.get().end() + 1),
        checked.get().bytes(),
        flaw.isPresent() ? 1 : 0,
        false);
  }
}
