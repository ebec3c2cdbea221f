package io.balsa.service.consensus;

import io.balsa.command.ChunkBatch;
import io.balsa.command.ChunkBatchCodec;
import io.balsa.command.DigestMark;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.replica.ChunkStateMachine;
import io.balsa.replica.FailStop;
import io.balsa.replica.StoreClosed;
import io.balsa.service.freshness.FreshnessGate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** A chunk group through this node's replica. */
public final class LocalChunks implements ChunkGroup, AutoCloseable {
  private final GroupConsensus consensus;
  private final ChunkStateMachine replica;
  private final FailStop failStop;
  private final RatisNode ratis;
  private final Proposer<Item, LogPosition> proposer;

  /**
   * How to propose.
   *
   * @param entryBytesMax payload in an entry; a larger chunk travels alone
   * @param entriesInFlightMax entries on their way
   */
  public record Settings(long entryBytesMax, int entriesInFlightMax) {}

  /** What an entry is made of. */
  private sealed interface Item {
    /** A chunk with its header. */
    record Chunk(ChunkBatch.Chunk header, ByteBuffer bytes) implements Item {}

    /** Chunks that go. */
    record Removal(ChunkBatch.Removal removal) implements Item {}
  }

  /** Asks the index. */
  @FunctionalInterface
  private interface Look<T> {
    T look() throws IOException;
  }

  /** Makes the handle and starts its proposer. */
  public LocalChunks(
      RatisNode ratis,
      ChunkStateMachine replica,
      GroupWiring wiring,
      Settings settings,
      FailStop failStop) {
    this.ratis = ratis;
    this.replica = replica;
    this.failStop = failStop;
    Proposer.Limits limits =
        new Proposer.Limits(
            Limits.ENTRY_CHUNKS_MAX, settings.entryBytesMax, settings.entriesInFlightMax);
    GroupName name = replica.name();
    proposer = new Proposer<>("balsa-propose-" + name, limits, new ChunkLog(ratis, name));
    consensus = new GroupConsensus(ratis, name, replica.applied(), wiring, this::confirm);
  }

  /** The group's log as the proposer sees it. */
  private record ChunkLog(RatisNode ratis, GroupName name)
      implements Proposer.Log<Item, LogPosition> {
    @Override
    public boolean isLeader() {
      return ratis.isLeader(name);
    }

    @Override
    public Optional<Member> leader() {
      return ratis.leader(name);
    }

    @Override
    public ByteString encode(List<Item> items) {
      List<ChunkBatch.Chunk> headers = new ArrayList<>();
      List<ByteBuffer> payload = new ArrayList<>();
      List<ChunkBatch.Removal> removals = new ArrayList<>();
      for (Item item : items) {
        switch (item) {
          case Item.Chunk(ChunkBatch.Chunk header, ByteBuffer bytes) -> {
            headers.add(header);
            payload.add(bytes);
          }
          // Before the chunks of the same entry: they were proposed at the same time, so either
          // order is as good, and a chunk that somebody has just put is better kept.
          case Item.Removal(ChunkBatch.Removal removal) -> removals.add(removal);
        }
      }
      return ChunkStateMachine.proposal(
          ChunkBatchCodec.encode(new ChunkBatch(headers, removals)), payload);
    }

    @Override
    public CompletableFuture<RaftClientReply> submit(ByteString entry) {
      return ratis.submit(name, entry);
    }

    @Override
    public Proposer.Reply<LogPosition> decode(ByteString reply) {
      ByteBuffer bytes = reply.asReadOnlyByteBuffer();
      return new Proposer.Reply<>(new LogPosition(bytes.getLong(), bytes.getLong()), List.of());
    }
  }

  /** Proposes a mark; nobody waits for it. */
  public void mark(DigestMark mark) {
    ChunkBatch entry = new ChunkBatch(List.of(), List.of(), Optional.of(mark));
    var _ =
        ratis.submit(name(), ChunkStateMachine.proposal(ChunkBatchCodec.encode(entry), List.of()));
  }

  @Override
  public GroupName name() {
    return consensus.name();
  }

  @Override
  public boolean isLeader() {
    return consensus.isLeader();
  }

  @Override
  public Optional<Member> leader() {
    return consensus.leader();
  }

  @Override
  public FreshnessGate gate() {
    return consensus.gate();
  }

  @Override
  public Outcome<LogPosition> confirm(Duration timeout) {
    return GroupConsensus.positionOf(GroupConsensus.await(proposer.propose(List.of(), 0), timeout));
  }

  @Override
  public boolean awaitAll(long index, Duration timeout) {
    return consensus.awaitAll(index, timeout);
  }

  @Override
  public Outcome<LogPosition> put(List<Payload> payloads, Duration timeout) {
    List<Item> chunks = new ArrayList<>();
    long bytes = 0;
    for (Payload payload : payloads) {
      ByteBuffer data = payload.bytes().asReadOnlyBuffer();
      CRC32C crc = new CRC32C();
      crc.update(data.duplicate());
      bytes += data.remaining();
      chunks.add(
          new Item.Chunk(
              new ChunkBatch.Chunk(payload.id(), data.remaining(), (int) crc.getValue()), data));
    }
    return GroupConsensus.positionOf(
        GroupConsensus.await(proposer.propose(chunks, bytes), timeout));
  }

  @Override
  public long appliedIndex() {
    return replica.applied().reached();
  }

  @Override
  public CompletableFuture<Outcome<LogPosition>> remove(long removal, List<ChunkId> ids) {
    Limits.require("ids", ids.size(), 1, Limits.ENTRY_CHUNKS_MAX);
    List<Item> items = List.of(new Item.Removal(new ChunkBatch.Removal(removal, ids)));
    return proposer
        .propose(items, (long) ids.size() * Sha256.BYTES)
        .thenApply(GroupConsensus::positionOf);
  }

  @Override
  public List<Held> held(Optional<ChunkId> behind, int countMax) {
    return look(() -> replica.held(behind, countMax)).stream()
        .map(entry -> new Held(entry.id(), entry.length()))
        .toList();
  }

  @Override
  public boolean contains(ChunkId id) {
    return look(() -> replica.contains(id));
  }

  /** A look into the index. */
  private <T> T look(Look<T> at) {
    try {
      return at.look();
    } catch (StoreClosed e) {
      throw new ReplicaClosed(name());
    } catch (IOException e) {
      failStop.halt("cannot read the chunk index of " + name(), e);
      throw new IllegalStateException("the chunk index of " + name() + " failed", e);
    }
  }

  @Override
  public Optional<ByteBuffer> read(ChunkId id) throws IOException {
    try {
      return replica.read(id);
    } catch (StoreClosed e) {
      throw new ReplicaClosed(name());
    }
  }

  @Override
  public OptionalInt length(ChunkId id) throws IOException {
    try {
      return replica.length(id);
    } catch (StoreClosed e) {
      throw new ReplicaClosed(name());
    }
  }

  @Override
  public void close() {
    proposer.close();
  }
}
