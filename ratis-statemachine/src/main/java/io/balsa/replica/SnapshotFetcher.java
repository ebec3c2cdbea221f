package io.balsa.replica;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Gets a snapshot of a group from another member. Thread-safe. */
@FunctionalInterface
public interface SnapshotFetcher {
  /**
   * Receives a snapshot into a folder. Blocks as long as that takes; an interrupt ends it.
   *
   * @param staging what an earlier try left there is kept as far as it fits; nothing else uses it
   *     meanwhile
   * @return what the folder holds now: whole, checked and durable, and met by it the need
   * @throws IOException no member gave one; what the folder holds is for the next try alone
   */
  SnapshotManifest fetch(Need need, Path staging) throws IOException, InterruptedException;

  /**
   * What a snapshot must be like to be of use.
   *
   * @param group whose
   * @param leaderPeerId who said so: the member whose log no longer reaches back far enough
   * @param indexMin the last entry that the leader's log lacks
   * @param logEnd the last entry of this replica's log
   */
  record Need(GroupName group, Optional<String> leaderPeerId, long indexMin, LogPosition logEnd) {
    /**
     * Whether a state up to a position will do. It must reach to where the leader's log begins. And
     * it must leave nothing behind it in this replica's log that may be committed, since a
     * snapshot's install drops what the old store holds for such entries: entries behind it may be
     * there only of an older term, which the group has given up (Raft §5.3, log matching).
     */
    public boolean isMetBy(LogPosition position) {
      return position.index() >= indexMin
          && (logEnd.index() <= position.index() || logEnd.term() < position.term());
    }
  }
}
