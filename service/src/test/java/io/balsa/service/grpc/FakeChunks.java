package io.balsa.service.grpc;

import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.service.consensus.ChunkGroup;
import io.balsa.service.consensus.Member;
import io.balsa.service.consensus.Outcome;
import io.balsa.service.freshness.FreshnessGate;
import io.balsa.service.freshness.NotFresh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A replica of a chunk group. */
final class FakeChunks implements ChunkGroup {
  private final FakeNode node;
  private final int number;
  private final FreshnessGate gate;
  private final Map<ChunkId, ByteBuffer> stored = new ConcurrentHashMap<>();

  /** Chunks whose bytes are bad here. */
  final Set<ChunkId> corrupt = ConcurrentHashMap.newKeySet();

  /** Null during an election. */
  volatile Member leader;

  volatile boolean allVoters = true;

  /** Does not apply what is put, even behind a barrier. */
  volatile boolean deaf;

  /** Told as applied; removals move it to their number. */
  volatile long applied;

  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger puts = new AtomicInteger();

  /** What the next puts do instead of being committed. */
  final Deque<Function<List<Payload>, Outcome<LogPosition>>> script = new ConcurrentLinkedDeque<>();

  FakeChunks(FakeNode node, int number) {
    this.node = node;
    this.number = number;
    this.gate = new FreshnessGate(this::barrier, _ -> {}, node.executor, System::nanoTime);
  }

  private LogPosition barrier() throws NotFresh {
    if (deaf) {
      throw new NotFresh("deaf");
    }
    catchUp();
    return new LogPosition(1, 1);
  }

  void catchUp() {
    if (!deaf) {
      stored.putAll(node.cluster.chunks.get(number));
      stored.keySet().retainAll(node.cluster.chunks.get(number).keySet());
    }
  }

  void forget(ChunkId id) {
    stored.remove(id);
  }

  @Override
  public Outcome<LogPosition> put(List<Payload> chunks, Duration timeout) {
    Function<List<Payload>, Outcome<LogPosition>> scripted = script.poll();
    if (scripted != null) {
      return scripted.apply(chunks);
    }
    return isLeader() ? committed(chunks) : new Outcome.NotLeader<>(leader());
  }

  @Override
  public CompletableFuture<Outcome<LogPosition>> remove(long removal, List<ChunkId> chunks) {
    if (!isLeader()) {
      return CompletableFuture.completedFuture(new Outcome.NotLeader<>(leader()));
    }
    chunks.forEach(node.cluster.chunks.get(number)::remove);
    for (FakeNode each : node.cluster.nodes) {
      if (!each.lagging) {
        chunks.forEach(each.chunkGroups.get(number - 1)::forget);
        each.chunkGroups.get(number - 1).applied = removal;
      }
    }
    LogPosition at = new LogPosition(1, removal);
    return CompletableFuture.completedFuture(new Outcome.Committed<>(at, at));
  }

  @Override
  public long appliedIndex() {
    return applied;
  }

  @Override
  public List<Held> held(Optional<ChunkId> behind, int countMax) {
    return stored.entrySet().stream()
        .map(entry -> new Held(entry.getKey(), entry.getValue().remaining()))
        .sorted(Comparator.comparing(held -> held.id().toString()))
        .filter(
            held -> behind.isEmpty() || held.id().toString().compareTo(behind.get().toString()) > 0)
        .limit(countMax)
        .toList();
  }

  Outcome<LogPosition> committed(List<Payload> chunks) {
    puts.addAndGet(chunks.size());
    for (Payload chunk : chunks) {
      ByteBuffer copy = ByteBuffer.allocate(chunk.bytes().remaining());
      copy.put(chunk.bytes().duplicate()).flip();
      node.cluster.chunks.get(number).put(chunk.id(), copy.asReadOnlyBuffer());
    }
    for (FakeNode each : node.cluster.nodes) {
      if (!each.lagging) {
        each.chunkGroups.get(number - 1).catchUp();
      }
    }
    LogPosition at = new LogPosition(1, puts.get());
    return new Outcome.Committed<>(at, at);
  }

  @Override
  public boolean contains(ChunkId id) {
    return stored.containsKey(id);
  }

  @Override
  public Optional<ByteBuffer> read(ChunkId id) throws IOException {
    reads.incrementAndGet();
    if (corrupt.contains(id)) {
      throw new IOException("bad bytes of " + id);
    }
    return Optional.ofNullable(stored.get(id)).map(ByteBuffer::duplicate);
  }

  @Override
  public GroupName name() {
    return GroupName.chunks(number);
  }

  @Override
  public boolean isLeader() {
    return node.member().equals(leader);
  }

  @Override
  public Optional<Member> leader() {
    return Optional.ofNullable(leader);
  }

  @Override
  public FreshnessGate gate() {
    return gate;
  }

  @Override
  public Outcome<LogPosition> confirm(Duration timeout) {
    return isLeader()
        ? new Outcome.Committed<>(new LogPosition(1, 9), new LogPosition(1, 9))
        : new Outcome.NotLeader<>(leader());
  }

  @Override
  public boolean awaitAll(long index, Duration timeout) {
    return allVoters;
  }
}
