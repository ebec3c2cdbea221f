package io.balsa.replica;

import java.util.List;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;

/** A snapshot is a flushed store: a position and no files that Ratis would copy. */
record FlushedStore(TermIndex position) implements SnapshotInfo {
  @Override
  public TermIndex getTermIndex() {
    return position;
  }

  @Override
  public List<FileInfo> getFiles() {
    return List.of();
  }
}
