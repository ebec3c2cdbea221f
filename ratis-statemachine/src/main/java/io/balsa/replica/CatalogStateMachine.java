package io.balsa.replica;

import io.balsa.catalog.AppliedBatch;
import io.balsa.catalog.CatalogHead;
import io.balsa.catalog.CatalogTransition;
import io.balsa.catalog.CatalogWrite;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.VersionRow;
import io.balsa.chunk.Disk;
import io.balsa.command.BatchReply;
import io.balsa.command.CommandBatch;
import io.balsa.command.CommandCodec;
import io.balsa.command.ReplyCodec;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.rocks.CatalogStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The catalog's replica on one node: decodes an entry, asks the pure {@link CatalogTransition},
 * commits its writes with the entry's position in one batch, and answers the decisions.
 *
 * <p>Applies on Ratis' updater thread alone. {@link #view} is safe on every thread.
 */
public final class CatalogStateMachine extends GroupStateMachine {
  private final Progress revision = new Progress(0);
  private final StoreSlot<Opened> slot = new StoreSlot<>(GroupName.CATALOG);
  private final CatalogEvents events;

  /** A store in its slot. */
  private record Opened(CatalogStore store) implements StoreSlot.Store {
    @Override
    public void close() throws IOException {
      store.close();
    }
  }

  /**
   * Makes a replica that is not open yet.
   *
   * @param folder its RocksDB; made where it is missing
   * @param events told what happens here
   */
  public CatalogStateMachine(Path folder, Ground ground, CatalogEvents events) {
    super(GroupName.CATALOG, new Home(folder, Disk.real()), ground);
    this.events = events;
  }

  /** The applied revision, for waiting. */
  public Progress revision() {
    return revision;
  }

  /** Where the catalog is; empty while the replica is closed. */
  public Optional<CatalogHead> head() {
    return slot.peek(open -> open.store.head());
  }

  /**
   * The state as applied now; empty while the replica is closed or fenced. The caller closes it.
   */
  public Optional<ClosableView> view() {
    return isFenced() ? Optional.empty() : slot.peek(open -> open.store.view());
  }

  @Override
  LogPosition openStore() throws IOException {
    disk().createFolders(folder());
    CatalogStore opened = CatalogStore.open(folder(), memory(), this::damageMet);
    slot.put(new Opened(opened));
    revision.advance(opened.head().revision());
    return opened.head().applied();
  }

  @Override
  Path tables() {
    return folder();
  }

  @Override
  void closeStore() throws IOException {
    slot.close();
  }

  @Override
  Copy copyStore(Path target) throws IOException {
    return slot.with(open -> new Copy(open.store.checkpoint(target).applied(), Map.of()));
  }

  @Override
  void storeReplaced(LogPosition position) {
    events.catalogReplaced();
  }

  @Override
  ByteString apply(LogPosition at, ByteString entry) throws IOException {
    CommandBatch batch = CommandCodec.decode(entry.asReadOnlyByteBuffer());
    AppliedBatch applied = slot.with(open -> apply(open.store, batch, at));
    batch.mark().ifPresent(mark -> digests().note(at.index(), applied.after().digest(), mark));
    revision.advance(applied.after().revision());
    for (CatalogWrite write : applied.writes()) {
      if (write.after().orElse(null) instanceof VersionRow version) {
        events.versionWritten(version);
      }
    }
    return UnsafeByteOperations.unsafeWrap(
        ReplyCodec.encode(new BatchReply(at, applied.decisions())));
  }

  private static AppliedBatch apply(CatalogStore store, CommandBatch batch, LogPosition at)
      throws IOException {
    AppliedBatch applied;
    try (ClosableView before = store.view()) {
      applied = CatalogTransition.apply(before, batch, at);
    }
    store.commit(applied.writes(), applied.after());
    return applied;
  }

  @Override
  void skip(LogPosition at) throws IOException {
    slot.with(
        open -> {
          CatalogHead head = open.store.head();
          if (at.index() > head.applied().index()) {
            open.store.commit(List.of(), head.at(at));
          }
          return true;
        });
  }

  /** Bytes in the catalog's files; 0 while the replica is closed. */
  public long storeBytes() {
    return slot.peek(open -> open.store.tableBytes()).orElse(0L);
  }

  /**
   * Reads the catalog's files and compares them with their checksums.
   *
   * @throws io.balsa.rocks.StorageFailure they are damaged: the store cannot be trusted any more
   */
  public void verifyStore() throws IOException {
    slot.ifOpen(open -> open.store.verify());
  }

  @Override
  public void requireSound() throws IOException {
    slot.ifOpen(open -> open.store.requireSound());
  }

  @Override
  LogPosition flushStore() throws IOException {
    return slot.with(open -> open.store.flush()).applied();
  }

  @Override
  LogPosition persistStore() throws IOException {
    return flushStore();
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
}
