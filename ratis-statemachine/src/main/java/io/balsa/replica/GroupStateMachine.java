package io.balsa.replica;

import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What the replicas of all groups share: life cycle, position, snapshots without files (the stores
 * hold their applied position themselves, so a "snapshot" is a flush), and fail-stop.
 *
 * <p>Ratis starts to apply behind {@link #getLatestSnapshot}, which is the position that the store
 * has surely on disk; so replay is exact and no entry is applied twice.
 */
public abstract class GroupStateMachine extends BaseStateMachine {
  private final GroupName name;
  private final FailStop failStop;
  private final Progress applied = new Progress(LogPosition.START.index());
  private volatile Optional<LogPosition> durable = Optional.empty();

  GroupStateMachine(GroupName name, FailStop failStop) {
    this.name = name;
    this.failStop = failStop;
  }

  /** Opens the store and returns the position that is surely on disk. */
  abstract LogPosition openStore() throws IOException;

  /** Applies one entry. Whatever it throws stops the node. */
  abstract ByteString apply(LogPosition at, ByteString entry) throws IOException;

  /** Notes a position whose entry holds nothing for the state machine. */
  abstract void skip(LogPosition at) throws IOException;

  /** Makes everything applied durable and returns the position that is. */
  abstract LogPosition flushStore() throws IOException;

  /** Closes the store; may be called again. */
  abstract void closeStore() throws IOException;

  /**
   * Looks whether the store failed where no caller saw it.
   *
   * @throws IOException it did; the node must stop
   */
  public abstract void requireSound() throws IOException;

  /** The group's name. */
  public final GroupName name() {
    return name;
  }

  /** The applied index, for waiting. */
  public final Progress applied() {
    return applied;
  }

  /** The position that the newest snapshot covers; empty before the first. */
  public final Optional<LogPosition> durable() {
    return durable;
  }

  final FailStop failStop() {
    return failStop;
  }

  @Override
  public final void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    getLifeCycle().startAndTransition(this::open, IOException.class);
  }

  private void open() throws IOException {
    LogPosition position = openStore();
    if (position.index() >= 0) {
      durable = Optional.of(position);
      setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
      applied.advance(position.index());
    }
  }

  @Override
  public final void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public final void reinitialize() throws IOException {
    getLifeCycle().startAndTransition(this::reopen, IOException.class);
  }

  private void reopen() throws IOException {
    closeStore();
    open();
  }

  @Override
  public final void close() throws IOException {
    getLifeCycle().checkStateAndClose(this::closeStore);
  }

  @Override
  public final CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    LogPosition at = new LogPosition(entry.getTerm(), entry.getIndex());
    try {
      ByteString reply = apply(at, entry.getStateMachineLogEntry().getLogData());
      advance(at);
      return CompletableFuture.completedFuture(Message.valueOf(reply));
    } catch (IOException | RuntimeException | Error e) {
      // Never a failed future: Ratis would answer the client and apply the next entry here, so that
      // this replica would differ from the others for ever.
      throw stopped("cannot apply " + at + " in " + name, e);
    }
  }

  @Override
  public final void notifyTermIndexUpdated(long term, long index) {
    LogPosition at = new LogPosition(term, index);
    try {
      skip(at);
      advance(at);
    } catch (IOException | RuntimeException | Error e) {
      throw stopped("cannot note " + at + " in " + name, e);
    }
  }

  private void advance(LogPosition at) {
    updateLastAppliedTermIndex(at.term(), at.index());
    applied.advance(at.index());
  }

  @Override
  public final long takeSnapshot() throws IOException {
    try {
      LogPosition position = flushStore();
      durable = Optional.of(position);
      return position.index();
    } catch (IOException | RuntimeException | Error e) {
      // Ratis only logs a failed snapshot; a store that cannot flush is a broken disk.
      throw stopped("cannot flush the store of " + name, e);
    }
  }

  @Override
  public final @Nullable SnapshotInfo getLatestSnapshot() {
    return durable.map(FlushedStore::new).orElse(null);
  }

  @Override
  public final void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    failStop.halt(
        "the Raft log of " + name + " failed" + (entry == null ? "" : " at " + entry.getIndex()),
        cause);
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    // The position arrives by notifyTermIndexUpdated; Ratis keeps the configuration itself.
  }

  private IllegalStateException stopped(String what, Throwable cause) {
    failStop.halt(what, cause);
    return new IllegalStateException(what, cause);
  }

  /** A snapshot is a flushed store: a position and no files that Ratis would copy. */
  private record FlushedStore(LogPosition position) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return TermIndex.valueOf(position.term(), position.index());
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }
}
