package io.balsa.replica;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.rocks.RocksMemory;
import io.balsa.rocks.StorageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A replica as far as its store is concerned: where it is, what it must be able to do, whether it
 * can be trusted. {@link GroupStateMachine} makes it live by Ratis' calls.
 */
public abstract class StoredReplica extends BaseStateMachine {
  final GroupName name;
  final Home home;
  final Ground ground;
  final DigestMarks digests;
  final StoreSoundness soundness;

  /**
   * What replicas stand on.
   *
   * @param memory shared by all stores of the node
   * @param snapshots gets snapshots from other members
   * @param chunks gets chunks from other members
   * @param truncations told before a log is cut
   * @param failStop ends the process
   */
  public record Ground(
      RocksMemory memory,
      SnapshotFetcher snapshots,
      ChunkSource chunks,
      TruncationWatch truncations,
      FailStop failStop) {}

  /**
   * Where a replica lives.
   *
   * @param folder its own, with all that it has but the log
   * @param disk the file system
   */
  record Home(Path folder, Disk disk) {}

  /**
   * A copy of the store's files.
   *
   * @param position the last entry in it
   * @param prefixes of files of which only the first bytes belong to it
   */
  record Copy(LogPosition position, Map<String, Long> prefixes) {}

  StoredReplica(GroupName name, Home home, Ground ground) {
    this.name = name;
    this.home = home;
    this.ground = ground;
    digests = new DigestMarks(name);
    soundness = new StoreSoundness(name, home.folder, home.disk, ground.failStop);
  }

  /** Opens the store and returns the position that is surely on disk. */
  abstract LogPosition openStore() throws IOException;

  /** The folder with RocksDB's files. */
  abstract Path tables();

  /** Applies one entry. Whatever it throws stops the node. */
  abstract ByteString apply(LogPosition at, ByteString entry) throws IOException;

  /** Notes a position whose entry holds nothing for the state machine. */
  abstract void skip(LogPosition at) throws IOException;

  /** Makes everything applied durable and returns the position that is. */
  abstract LogPosition flushStore() throws IOException;

  /** As {@link #flushStore}, and safe on every thread. */
  abstract LogPosition persistStore() throws IOException;

  /** Copies the store's files to a new folder, by links where it can. Safe on every thread. */
  abstract Copy copyStore(Path target) throws IOException;

  /** Closes the store; may be called again, and must be where somebody still used it. */
  abstract void closeStore() throws IOException;

  /** From now on nothing is written to the store until {@link #storeReplaced}. */
  void beforeReplacement() {}

  /**
   * The store is open again, perhaps with another content.
   *
   * @param position its applied position
   */
  void storeReplaced(LogPosition position) {}

  /**
   * Looks whether the store failed where no caller saw it.
   *
   * @throws IOException it did; the node must stop
   */
  public abstract void requireSound() throws IOException;

  /**
   * Forgets what the store holds of entries behind the log's last one: a crash took them from the
   * log, and nobody brings them back. Call it before Ratis opens the log.
   *
   * @param index of the last entry; -1 for a log without entries
   */
  public final void forgetBehind(long index) {
    truncateStore(index + 1).join();
  }

  /** Forgets what the store holds of entries from {@code index} on, none of them applied. */
  CompletableFuture<Void> truncateStore(long index) {
    return CompletableFuture.completedFuture(null);
  }

  /** The group's name. */
  public final GroupName name() {
    return name;
  }

  /** What this replica noted at marks, and whether it is in doubt. */
  public final DigestMarks digests() {
    return digests;
  }

  /** True while this replica must not be believed: another one has another state. */
  public final boolean isFenced() {
    return digests.doubt().isPresent();
  }

  /**
   * Gives the store up: the node halts, and its next start takes the store from another member. For
   * a store that is corrupt, or that differs from the other replicas'. Safe on every thread; where
   * the halt returns (in tests), so does this.
   *
   * @param reason one line for operators
   * @param cause what was found
   */
  public final void condemn(String reason, Throwable cause) {
    soundness.condemn(reason, cause);
  }

  /** The open store is corrupt, or could not be read. */
  final void damageMet(StorageFailure found) {
    soundness.met(found, tables());
  }

  final FailStop failStop() {
    return ground.failStop;
  }

  final RocksMemory memory() {
    return ground.memory;
  }

  final Path folder() {
    return home.folder;
  }

  final Disk disk() {
    return home.disk;
  }

  /**
   * Reads every table of the store and condemns the store if one is corrupt, or cannot be read when
   * it is tried again. Takes as long as that; an interrupt ends it. Safe on every thread.
   *
   * @throws IOException a table is corrupt or could not be read, or an interrupt came
   */
  public final void verifyTables() throws IOException {
    soundness.verifyTables(tables());
  }

  /** Stops the node; the caller throws what this returns. */
  final IllegalStateException stopped(String what, Throwable cause) {
    ground.failStop.halt(what, cause);
    return new IllegalStateException(what, cause);
  }
}
