package io.balsa.replica;

import io.balsa.failpoint.Failpoint;
import io.balsa.model.BrokenInvariant;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit;
import io.balsa.rocks.StorageFailure;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSource;
import io.balsa.snapshot.SnapshotSwap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the replicas of all groups share: life cycle, position, snapshots without files (the stores
 * hold their applied position themselves, so a "snapshot" is a flush), the install of another
 * member's snapshot, and fail-stop.
 *
 * <p>Ratis starts to apply behind {@link #getLatestSnapshot}, which is the position that the store
 * has surely on disk; so replay is exact and no entry is applied twice.
 */
public abstract class GroupStateMachine extends StoredReplica {
  private static final Logger log = LoggerFactory.getLogger(GroupStateMachine.class);

  /** Each try waits up to 10 s for who still reads from the store. */
  private static final int CLOSE_TRIES_MAX = 30;

  private static final CompletableFuture<TermIndex> NOT_YET =
      CompletableFuture.completedFuture(null);

  private final Progress applied = new Progress(LogPosition.START.index());
  private final AtomicReference<LogPosition> durable = new AtomicReference<>(LogPosition.START);
  private final LogHold logHold = new LogHold(System::nanoTime);
  private final SnapshotSwap swap;
  private final SnapshotInstall install;

  /** The store was opened before Ratis asked for it. */
  private boolean openedAhead;

  /** Ratis' folder of the group; set before Ratis applies anything. */
  private volatile Path raftFolder = Path.of("");

  /** What was decided to go live at the next {@link #reinitialize}. */
  private volatile Optional<LogPosition> decided = Optional.empty();

  GroupStateMachine(GroupName name, Home home, Ground ground) {
    super(name, home, ground);
    swap = new SnapshotSwap(home.disk(), home.folder());
    install = new SnapshotInstall(name, swap, this::meet, ground.failStop());
  }

  /** The applied index, for waiting. */
  public final Progress applied() {
    return applied;
  }

  /** The position that the newest snapshot covers; empty before the first. */
  public final Optional<LogPosition> durable() {
    return Optional.of(durable.get()).filter(position -> position.index() >= 0);
  }

  @Override
  public final void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    raftFolder = storage.getStorageDir().getRoot().toPath();
    getLifeCycle().startAndTransition(() -> open(server, storage), IOException.class);
  }

  /**
   * Opens the store before Ratis opens the log, so that the two can be compared. What it has
   * applied can be read from then on, also where Ratis never opens the log. Again is harmless.
   *
   * @throws IOException the store cannot be opened
   */
  public final LogAudit.Store openAhead() throws IOException {
    if (!openedAhead) {
      swap.recover();
      noteOpened(openStoreOrCondemn());
      openedAhead = true;
    }
    return new LogAudit.Store(
        durable.get(), swap.installed().map(SnapshotManifest::position).orElse(LogPosition.START));
  }

  private LogPosition openStoreOrCondemn() throws IOException {
    try {
      return openStore();
    } catch (StorageFailure e) {
      var _ = soundness.condemnIfDamaged(e, tables());
      throw e;
    }
  }

  private void open(RaftServer server, RaftStorage storage) throws IOException {
    openAhead();
    Optional<SnapshotManifest> installed = swap.installed();
    if (installed.isPresent()) {
      RaftLogFiles.dropCovered(
          name,
          home.disk(),
          storage,
          installed.get().position().index(),
          RaftServerConfigKeys.Log.Appender.bufferByteLimit(server.getProperties()));
    }
  }

  private void noteOpened(LogPosition position) {
    if (position.index() >= 0) {
      durable.accumulateAndGet(position, GroupStateMachine::later);
      setLastAppliedTermIndex(termIndex(position));
      applied.advance(position.index());
    }
  }

  /**
   * The leader's log does not reach back to what this replica needs next.
   *
   * <p>Always answered at once: with a position that is durable here, or decided to go live, or
   * with null, "not available", upon which the leader asks again. Ratis would also wait for a
   * future; but until that completes, and the same or a later index is asked for again, it refuses
   * every append, also from a new leader whose log does reach back far enough and who never asks.
   *
   * <p>Ratis calls this under the server's lock. If it gets a position, it purges its log up to
   * there, then calls {@link #pause} in the same breath, and has {@link #reinitialize} called by
   * the updater.
   */
  @Override
  public final CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex firstAvailable) {
    // A log that begins with its first entry is complete: the leader may simply send it.
    if (getLifeCycleState() != LifeCycle.State.RUNNING || firstAvailable.getIndex() <= 0) {
      return NOT_YET;
    }
    Optional<LogPosition> endOfLog = endOfLog();
    if (endOfLog.isEmpty()) {
      return NOT_YET;
    }
    SnapshotFetcher.Need need =
        new SnapshotFetcher.Need(
            name, leaderOf(role), firstAvailable.getIndex() - 1, endOfLog.get());
    try {
      if (decided.isEmpty()) {
        Optional<LogPosition> own = durable().filter(need::isMetBy);
        if (own.isPresent()) {
          return CompletableFuture.completedFuture(termIndex(own.get()));
        }
        decided = install.decide(need);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw stopped("cannot decide on a snapshot of " + name, e);
    }
    return decided.isEmpty()
        ? NOT_YET
        : CompletableFuture.completedFuture(termIndex(decided.get()));
  }

  private static Optional<String> leaderOf(RoleInfoProto role) {
    String id = role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
    return id.isEmpty() ? Optional.empty() : Optional.of(id);
  }

  /** The last entry of the log; empty while Ratis closes. */
  private Optional<LogPosition> endOfLog() {
    try {
      TermIndex end =
          getServer().join().getDivision(getGroupId()).getRaftLog().getLastEntryTermIndex();
      return Optional.of(
          end == null ? LogPosition.START : new LogPosition(end.getTerm(), end.getIndex()));
    } catch (IOException | IllegalStateException e) {
      log.atDebug().addKeyValue(LogKeys.GROUP, name).setCause(e).log("the log is not open");
      return Optional.empty();
    }
  }

  /** On the install's thread. */
  private Optional<SnapshotManifest> meet(SnapshotFetcher.Need need)
      throws IOException, InterruptedException {
    if (position().filter(need::isMetBy).isPresent()) {
      durable.accumulateAndGet(persistStore(), GroupStateMachine::later);
      return Optional.empty();
    }
    return Optional.of(ground.snapshots().fetch(need, SnapshotSwap.staging(home.folder())));
  }

  @Override
  public final void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    beforeReplacement();
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public final void reinitialize() throws IOException {
    try {
      getLifeCycle().startAndTransition(this::replaceStore, IOException.class);
    } catch (IOException | RuntimeException | Error e) {
      throw stopped("cannot take up the snapshot of " + name, e);
    }
  }

  /** On the updater's thread, so nothing is applied meanwhile. */
  private void replaceStore() throws IOException {
    LogPosition position;
    if (decided.isPresent()) {
      closeWhenUnused();
      SnapshotManifest manifest = swap.swap();
      decided = Optional.empty();
      digests.forget();
      position = openStore();
      BrokenInvariant.check(
          position.equals(manifest.position()) && position.index() >= applied.reached(),
          "a snapshot holds what it says, and leads forward",
          manifest.position(),
          position);
      log.atInfo()
          .addKeyValue(LogKeys.GROUP, name)
          .addKeyValue(LogKeys.INDEX, position.index())
          .addKeyValue(LogKeys.BYTES, manifest.bytes())
          .log("a snapshot is installed");
    } else {
      // Ratis goes on behind the latest snapshot; nothing may be applied twice.
      position = flushStore();
    }
    noteOpened(position);
    storeReplaced(position);
  }

  private void closeWhenUnused() throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        closeStore();
        return;
      } catch (IOException e) {
        if (tries == CLOSE_TRIES_MAX) {
          throw e;
        }
        log.atWarn()
            .addKeyValue(LogKeys.GROUP, name)
            .setCause(e)
            .log("a snapshot waits for readers of the store to end");
      }
    }
  }

  @Override
  public final void close() throws IOException {
    install.close();
    try {
      getLifeCycle().checkStateAndClose(this::closeStore);
      // The life cycle closes nothing where Ratis never opened the replica.
      closeStore();
    } catch (IOException e) {
      if (StorageFailure.isOfDisk(e)) {
        // Ratis only logs it.
        ground.failStop().halt("cannot close the store of " + name, e);
      }
      throw e;
    }
  }

  /**
   * Makes a snapshot for another member. Until it is closed, and a while longer, the log here is
   * not purged. Safe on every thread; reads the whole store once.
   *
   * @param folder a new one for the snapshot's files, on the store's file system; its parent exists
   * @throws StoreClosed the store is not open
   * @throws IOException nothing is left of it
   */
  public final LentSnapshot lend(Path folder) throws IOException {
    digests.requireBelieved();
    return LentSnapshot.make(
        home.disk(),
        folder,
        logHold.begin(),
        () -> {
          Copy copy = copyStore(folder);
          // Else whoever lost a store would get the rot of this one, again and again.
          soundness.verifyTables(folder.resolve(home.folder().relativize(tables())));
          return SnapshotSource.of(home.disk(), folder, name, copy.position(), copy.prefixes());
        });
  }

  /** The last entry that is applied here; empty before the first. */
  public final Optional<LogPosition> position() {
    TermIndex at = getLastAppliedTermIndex();
    return at == null || at.getIndex() < 0
        ? Optional.empty()
        : Optional.of(new LogPosition(at.getTerm(), at.getIndex()));
  }

  /** Keeps the log from being purged for a while: another member fetches a snapshot somewhere. */
  public final void holdLog(Duration time) {
    logHold.holdFor(time);
  }

  /** Lets the log be purged although others fetch snapshots: it has grown too large. */
  public final void giveUpLogHold() {
    logHold.giveUp();
  }

  @Override
  public final CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    LogPosition at = new LogPosition(entry.getTerm(), entry.getIndex());
    try {
      Failpoint.APPLY.before(name);
      ByteString reply = apply(at, entry.getStateMachineLogEntry().getLogData());
      advance(at);
      Failpoint.APPLY.after(name);
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

  /**
   * Flushes the store; Ratis then purges its log up to the position. While the log is held nothing
   * is flushed and "none" is answered, upon which Ratis purges nothing; it asks after every apply
   * then, so this must be cheap.
   */
  @Override
  public final long takeSnapshot() throws IOException {
    if (logHold.isHeld()) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    try {
      Failpoint.TAKE_SNAPSHOT.before(name);
      LogPosition position = durable.accumulateAndGet(flushStore(), GroupStateMachine::later);
      install.dropOvertaken(position);
      Failpoint.TAKE_SNAPSHOT.after(name);
      return position.index();
    } catch (IOException | RuntimeException | Error e) {
      // A store that cannot flush is a broken disk. Checked, since anything else makes Ratis try
      // again without end where it is closing the replica.
      String what = "cannot flush the store of " + name;
      ground.failStop().halt(what, e);
      throw new IOException(what, e);
    }
  }

  @Override
  public final @Nullable SnapshotInfo getLatestSnapshot() {
    return durable().map(FlushedStore::new).orElse(null);
  }

  /**
   * Ratis is about to remove the entries from {@code index} on, under the lock of its log. Whoever
   * relies on them must know it before the first byte is cut.
   */
  @Override
  public final CompletableFuture<Void> truncate(long index) {
    try {
      ground.truncations().beforeTruncation(name, index);
    } catch (IOException | RuntimeException | Error e) {
      throw stopped("cannot cut the log of " + name + " at " + index, e);
    }
    return truncateStore(index);
  }

  @Override
  public final void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    ground
        .failStop()
        .halt(
            "the Raft log of "
                + name
                + " failed"
                + (entry == null ? "" : " at " + entry.getIndex()),
            cause);
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    // The position arrives by notifyTermIndexUpdated; Ratis has just written the configuration. It
    // only logs where that failed; but when the log is purged, the file is all there is.
    try {
      if (!ConfigurationCopy.isWritten(home.disk(), raftFolder, index)) {
        throw new IOException(
            "raft-meta.conf does not hold entry " + index + "; see the log above");
      }
    } catch (IOException e) {
      throw stopped("the configuration of " + name + " cannot be written", e);
    }
  }

  private static LogPosition later(LogPosition one, LogPosition other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static TermIndex termIndex(LogPosition position) {
    return TermIndex.valueOf(position.term(), position.index());
  }
}
