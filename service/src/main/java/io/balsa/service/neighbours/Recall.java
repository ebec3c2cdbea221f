package io.balsa.service.neighbours;

import io.balsa.model.GroupName;
import io.balsa.raftlog.Mark;
import io.balsa.service.consensus.Member;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Asks other members what they remember of this node's logs. */
@FunctionalInterface
public interface Recall {
  /**
   * Asks one. Does not wait; the answer fails where none comes within about a second.
   *
   * @param yours what this node remembers of the member's logs, for the member to hear
   */
  CompletableFuture<Map<GroupName, Mark>> ask(Member of, Map<GroupName, Mark> yours);
}
