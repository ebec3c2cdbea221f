package io.balsa.replica;

import io.balsa.catalog.AppliedBatch;
import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogTransition;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.VersionRow;
import io.balsa.command.BatchReply;
import io.balsa.command.CommandBatch;
import io.balsa.command.CommandCodec;
import io.balsa.command.ReplyCodec;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.rocks.CatalogStore;
import io.balsa.rocks.RocksMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's replica on one node: decodes an entry, asks the pure {@link CatalogTransition},
 * commits its writes with the entry's position in one batch, and answers the decisions.
 *
 * <p>Applies on Ratis' updater thread alone. {@link #view} is safe on every thread.
 */
public final class CatalogStateMachine extends GroupStateMachine {
  private final Path folder;
  private final RocksMemory memory;
  private final Progress revision = new Progress(0);

  /** Views are opened under the read lock, so that a store is never closed under one's feet. */
  private final ReentrantReadWriteLock storeLock = new ReentrantReadWriteLock();

  private final Consumer<VersionRow> onVersion;
  private @Nullable CatalogStore store;

  /**
   * Makes a replica that is not open yet.
   *
   * @param folder its RocksDB; made where it is missing
   * @param memory shared by all stores of the node
   * @param onVersion told, on the updater's thread, of each version row that is written; must
   *     return soon
   * @param failStop ends the process
   */
  public CatalogStateMachine(
      Path folder, RocksMemory memory, Consumer<VersionRow> onVersion, FailStop failStop) {
    super(GroupName.CATALOG, failStop);
    this.folder = folder;
    this.memory = memory;
    this.onVersion = onVersion;
  }

  /** The applied revision, for waiting. */
  public Progress revision() {
    return revision;
  }

  /** Where the catalog is; empty while the replica is closed. */
  public Optional<CatalogHead> head() {
    storeLock.readLock().lock();
    try {
      return Optional.ofNullable(store).map(CatalogStore::head);
    } finally {
      storeLock.readLock().unlock();
    }
  }

  /** The state as applied now; empty while the replica is closed. The caller closes it. */
  public Optional<ClosableView> view() {
    storeLock.readLock().lock();
    try {
      return Optional.ofNullable(store).map(CatalogStore::view);
    } finally {
      storeLock.readLock().unlock();
    }
  }

  @Override
  LogPosition openStore() throws IOException {
    storeLock.writeLock().lock();
    try {
      CatalogStore opened = CatalogStore.open(folder, memory);
      store = opened;
      revision.advance(opened.head().revision());
      return opened.head().applied();
    } finally {
      storeLock.writeLock().unlock();
    }
  }

  @Override
  void closeStore() throws IOException {
    storeLock.writeLock().lock();
    try {
      if (store != null) {
        store.close();
        store = null;
      }
    } finally {
      storeLock.writeLock().unlock();
    }
  }

  @Override
  ByteString apply(LogPosition at, ByteString entry) throws IOException {
    CommandBatch batch = CommandCodec.decode(entry.asReadOnlyByteBuffer());
    AppliedBatch applied;
    try (ClosableView before = open().view()) {
      applied = CatalogTransition.apply(before, batch, at);
    }
    open().commit(applied.writes(), applied.after());
    revision.advance(applied.after().revision());
    for (CatalogWrite write : applied.writes()) {
      if (write.after().orElse(null) instanceof VersionRow version) {
        onVersion.accept(version);
      }
    }
    return UnsafeByteOperations.unsafeWrap(
        ReplyCodec.encode(new BatchReply(at, applied.decisions())));
  }

  @Override
  void skip(LogPosition at) throws IOException {
    CatalogStore open = open();
    if (at.index() > open.head().applied().index()) {
      open.commit(List.of(), open.head().at(at));
    }
  }

  @Override
  public void requireSound() throws IOException {
    storeLock.readLock().lock();
    try {
      if (store != null) {
        store.requireSound();
      }
    } finally {
      storeLock.readLock().unlock();
    }
  }

  @Override
  LogPosition flushStore() throws IOException {
    return open().flush().applied();
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    return TransactionContext.newBuilder()
        .setStateMachine(this)
        .setClientRequest(request)
        .setLogData(request.getMessage().getContent())
        .build();
  }

  /** Answers the applied revision, 8 bytes big-endian. Balsa's own reads never come this way. */
  @Override
  public CompletableFuture<Message> query(Message request) {
    byte[] answer = new byte[Long.BYTES];
    ByteBuffer.wrap(answer).putLong(revision.reached());
    return CompletableFuture.completedFuture(
        Message.valueOf(UnsafeByteOperations.unsafeWrap(answer)));
  }

  /** Ratis' own stale reads wait wrongly (its base class can hang); nothing of ours uses them. */
  @Override
  public CompletableFuture<Message> queryStale(Message request, long minIndex) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("read through the gRPC front end"));
  }

  private CatalogStore open() throws IOException {
    CatalogStore current = store;
    if (current == null) {
      throw new IOException("the catalog's store in " + folder + " is closed");
    }
    return current;
  }
}
