package io.balsa.replica;

import io.balsa.chunk.CorruptChunk;
import io.balsa.chunk.PackOptions;
import io.balsa.command.ChunkBatch;
import io.balsa.command.ChunkBatchCodec;
import io.balsa.failpoint.Failpoint;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.model.LogPosition;
import io.balsa.rocks.ChunkHead;
import io.balsa.rocks.ChunkIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chunk group's replica on one node. Chunks travel as Ratis state-machine data: the log entry
 * carries the header, the bytes go once to the packs.
 *
 * <p>What makes an acknowledgement durable: Ratis' log worker waits for {@link #write} before it
 * writes an entry's header, and calls {@link #flush} before it syncs the log; so a log that is
 * synced up to an entry has that entry's chunks on disk.
 *
 * <p>Threads: Ratis calls {@code write} in log order under the log's lock, and we hand over to one
 * writer thread; {@code flush} runs on the log worker; {@code apply} on the updater.
 */
public final class ChunkStateMachine extends GroupStateMachine {
  private static final Logger log = LoggerFactory.getLogger(ChunkStateMachine.class);

  private final Settings settings;
  private final ChunkSource others;
  private final PayloadWindow window;
  private final ExecutorService writer;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();
  private final StoreSlot<ChunkStore> slot;
  private final ChunkUpkeep upkeep;

  /**
   * Done while the store is not being replaced. Calls of the log wait for it: they belong to the
   * store that comes. Reads do not wait, they are refused.
   */
  private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);

  /**
   * How to keep chunks.
   *
   * @param packs how packs are kept
   * @param windowBytesMax written payloads kept in memory for this group, at least 0
   */
  public record Settings(PackOptions packs, long windowBytesMax) {}

  /**
   * Makes a replica that is not open yet.
   *
   * @param name a chunk group's
   * @param folder packs and index; made where it is missing
   */
  public ChunkStateMachine(GroupName name, Path folder, Settings settings, Ground ground) {
    super(name, new Home(folder, settings.packs().disk()), ground);
    this.settings = settings;
    others = ground.chunks();
    slot = new StoreSlot<>(name);
    upkeep = new ChunkUpkeep(name, slot, ground.chunks());
    window = new PayloadWindow(settings.windowBytesMax());
    writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("balsa-packs-" + name).factory());
  }

  /**
   * The message of a proposal: header length, header, payload.
   *
   * @param payload none for a barrier or a removal, which then has no data beside the log
   */
  public static ByteString proposal(byte[] header, List<ByteBuffer> payload) {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).putInt(header.length).flip();
    ByteString message =
        UnsafeByteOperations.unsafeWrap(length).concat(UnsafeByteOperations.unsafeWrap(header));
    for (ByteBuffer part : payload) {
      message = message.concat(UnsafeByteOperations.unsafeWrap(part.asReadOnlyBuffer()));
    }
    return message;
  }

  /**
   * True where this replica has applied the chunk.
   *
   * @throws StoreClosed nothing is known about it
   */
  public boolean contains(ChunkId id) throws IOException {
    digests().requireBelieved();
    return slot.with(open -> open.contains(id));
  }

  /**
   * A chunk that is applied.
   *
   * @param id its name
   * @param length bytes
   */
  public record Held(ChunkId id, int length) {}

  /** Some of the applied chunks, in order of id; see {@link ChunkIndex#entries}. */
  public List<Held> held(Optional<ChunkId> behind, int countMax) throws IOException {
    return slot.with(open -> open.index.entries(behind, countMax)).stream()
        .map(entry -> new Held(entry.id(), entry.row().length()))
        .toList();
  }

  /** The length of an applied chunk in bytes; empty where it is not applied. */
  public OptionalInt length(ChunkId id) throws IOException {
    digests().requireBelieved();
    return slot.with(open -> open.length(id));
  }

  /** The checked bytes of an applied chunk; empty where it is not applied. */
  public Optional<ByteBuffer> read(ChunkId id) throws IOException {
    digests().requireBelieved();
    return slot.with(open -> open.read(id));
  }

  /** Care for the store. */
  public ChunkUpkeep upkeep() {
    return upkeep;
  }

  /** Where the group is; empty while the replica is closed. */
  public Optional<ChunkHead> head() {
    return slot.peek(ChunkStore::head);
  }

  @Override
  LogPosition openStore() throws IOException {
    ChunkStore opened =
        ChunkStore.open(folder(), name().chunkGroup(), settings.packs(), memory(), this::damageMet);
    slot.put(opened);
    return opened.head().applied();
  }

  @Override
  Path tables() {
    return folder().resolve("index");
  }

  @Override
  void closeStore() throws IOException {
    slot.close();
  }

  @Override
  Copy copyStore(Path target) throws IOException {
    return slot.with(open -> open.copyTo(target, disk()));
  }

  @Override
  void beforeReplacement() {
    settled = new CompletableFuture<>();
  }

  @Override
  void storeReplaced(LogPosition position) {
    window.forget(position.index());
    settled.complete(null);
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    ByteString content = request.getMessage().getContent();
    int headerEnd = Integer.BYTES + content.substring(0, 4).asReadOnlyByteBuffer().getInt();
    ByteString payload = content.substring(headerEnd);
    TransactionContext.Builder transaction =
        TransactionContext.newBuilder()
            .setStateMachine(this)
            .setClientRequest(request)
            .setLogData(content.substring(Integer.BYTES, headerEnd));
    // An entry whose data is set but empty makes Ratis ask read() for it, for ever.
    return payload.isEmpty()
        ? transaction.build()
        : transaction.setStateMachineData(payload).build();
  }

  @Override
  public CompletableFuture<?> write(LogEntryProto entry, @Nullable TransactionContext context) {
    ByteString payload =
        entry.getStateMachineLogEntry().getStateMachineEntry().getStateMachineData();
    window.put(entry.getIndex(), payload);
    return CompletableFuture.runAsync(() -> writeNow(entry, payload), writer);
  }

  private void writeNow(LogEntryProto entry, ByteString payload) {
    try {
      ChunkBatch batch = batchOf(entry);
      List<Optional<ByteBuffer>> chunks =
          EntryPayload.decode(batch, payload.asReadOnlyByteBuffer());
      settled.join();
      Failpoint.LOG_WRITE.before(name());
      slot.with(
          open -> {
            open.write(positionOf(entry), batch, chunks);
            return true;
          });
      Failpoint.LOG_WRITE.after(name());
      window.written(entry.getIndex(), payload);
    } catch (IOException e) {
      throw stopped("cannot write to the packs in " + folder(), e);
    }
  }

  @Override
  public CompletableFuture<ByteString> read(
      LogEntryProto entry, @Nullable TransactionContext context) {
    Optional<ByteString> kept = window.get(entry.getIndex());
    return kept.isPresent()
        ? CompletableFuture.completedFuture(kept.get())
        : CompletableFuture.supplyAsync(() -> readNow(entry), io);
  }

  private ByteString readNow(LogEntryProto entry) {
    try {
      settled.join();
      ChunkBatch batch = batchOf(entry);
      List<Optional<ByteBuffer>> chunks = new ArrayList<>(batch.chunks().size());
      for (ChunkBatch.Chunk chunk : batch.chunks()) {
        chunks.add(readOf(positionOf(entry), chunk.id()));
      }
      return EntryPayload.encode(batch, chunks);
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  /** From here, else from another member; empty where nobody needs it any more. */
  private Optional<ByteBuffer> readOf(LogPosition at, ChunkId id)
      throws IOException, InterruptedException {
    try {
      return slot.with(open -> open.readOf(at, id));
    } catch (CorruptChunk e) {
      log.atWarn()
          .addKeyValue(LogKeys.GROUP, name())
          .addKeyValue(LogKeys.CHUNK, id)
          .setCause(e)
          .log("a chunk that a follower needs is bad here, asking others");
      return Optional.of(others.fetch(name(), id));
    }
  }

  @Override
  public CompletableFuture<Void> flush(long index) {
    // On another thread, so that Ratis' time limit for a stalled disk applies.
    return CompletableFuture.runAsync(this::syncNow, io);
  }

  private void syncNow() {
    try {
      settled.join();
      Failpoint.LOG_FLUSH.before(name());
      slot.with(
          open -> {
            open.sync();
            return true;
          });
      Failpoint.LOG_FLUSH.after(name());
    } catch (IOException e) {
      throw stopped("cannot sync the packs in " + folder(), e);
    }
  }

  @Override
  CompletableFuture<Void> truncateStore(long index) {
    // At once: what is written next under these indexes must stay.
    window.truncate(index);
    // Behind the writes that are on their way, so that none of the cut entries comes back.
    return CompletableFuture.runAsync(() -> truncateNow(index), writer);
  }

  private void truncateNow(long index) {
    try {
      settled.join();
      Failpoint.LOG_TRUNCATE.before(name());
      slot.ifOpen(open -> open.truncate(index));
      Failpoint.LOG_TRUNCATE.after(name());
    } catch (IOException e) {
      throw stopped("cannot cut pending chunks in " + folder(), e);
    }
  }

  /** At once, and not when Ratis' log worker comes to wait for what failed. */
  private CompletionException stopped(String what, IOException cause) {
    failStop().halt(what, cause);
    return new CompletionException(what, cause);
  }

  @Override
  ByteString apply(LogPosition at, ByteString header) throws IOException {
    ChunkBatch batch = ChunkBatchCodec.decode(header.asReadOnlyByteBuffer());
    return slot.with(
        open -> {
          open.apply(at, batch);
          batch.mark().ifPresent(mark -> digests().note(at.index(), open.head().digest(), mark));
          return UnsafeByteOperations.unsafeWrap(
              ByteBuffer.allocate(2 * Long.BYTES).putLong(at.term()).putLong(at.index()).flip());
        });
  }

  @Override
  void skip(LogPosition at) throws IOException {
    slot.with(
        open -> {
          open.skip(at);
          return true;
        });
  }

  @Override
  public void requireSound() throws IOException {
    slot.ifOpen(ChunkStore::requireSound);
  }

  @Override
  LogPosition flushStore() throws IOException {
    return slot.with(ChunkStore::flush).applied();
  }

  @Override
  LogPosition persistStore() throws IOException {
    return slot.with(ChunkStore::persist).applied();
  }

  @Override
  public CompletableFuture<StateMachine.DataStream> stream(RaftClientRequest request) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("Balsa does not use Ratis data streams"));
  }

  @Override
  public CompletableFuture<?> link(StateMachine.@Nullable DataStream stream, LogEntryProto entry) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("Balsa does not use Ratis data streams"));
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("read through the gRPC front end"));
  }

  @Override
  public CompletableFuture<Message> queryStale(Message request, long minIndex) {
    return query(request);
  }

  private static LogPosition positionOf(LogEntryProto entry) {
    return new LogPosition(entry.getTerm(), entry.getIndex());
  }

  private static ChunkBatch batchOf(LogEntryProto entry) {
    return ChunkBatchCodec.decode(
        entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
  }
}
