package io.balsa.replica;

import io.balsa.model.LogPosition;
import java.util.List;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;

/**
 * A snapshot is a flushed store: a position and no files that Ratis would copy.
 *
 * @param position the last entry that is surely on disk
 */
record FlushedStore(LogPosition position) implements SnapshotInfo {
  @Override
  public TermIndex getTermIndex() {
    return TermIndex.valueOf(position.term(), position.index());
  }

  @Override
  public List<FileInfo> getFiles() {
    return List.of();
  }
}
