package io.balsa.replica;

import io.balsa.model.GroupName;
import java.io.IOException;

/** Is told that Ratis is about to remove entries from the end of a group's log. Thread-safe. */
@FunctionalInterface
public interface TruncationWatch {
  /**
   * Called before anything is removed; nothing is removed before it returns.
   *
   * @param index the first entry that goes
   * @throws IOException what had to be made durable first may not be; the node must stop
   */
  void beforeTruncation(GroupName group, long index) throws IOException;
}
