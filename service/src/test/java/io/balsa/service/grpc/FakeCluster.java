package io.balsa.service.grpc;

import io.balsa.command.CommandBatch;
import io.balsa.command.Decision;
import io.balsa.command.Envelope;
import io.balsa.model.ChunkId;
import io.balsa.model.LogPosition;
import io.balsa.service.admission.Admission;
import io.grpc.ClientInterceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Nodes with real listeners over one state in memory. Consensus is replaced by a lock, and tests
 * say who leads, who lags, and what goes wrong.
 */
final class FakeCluster implements AutoCloseable {
  static final int CHUNK_GROUPS = 3;

  final ReentrantLock lock = new ReentrantLock();
  final Condition changed = lock.newCondition();
  final List<FakeNode> nodes = new ArrayList<>();

  /** Every envelope that was ever proposed, in order. */
  final List<Envelope> proposed = new CopyOnWriteArrayList<>();

  /** The committed catalog; guarded by the lock. */
  MapCatalog committed = MapCatalog.EMPTY;

  /** The committed chunks, by group. */
  final Map<Integer, Map<ChunkId, ByteBuffer>> chunks = new ConcurrentHashMap<>();

  /** Nodes 0 to {@code size - 1}; node 0 leads all groups. */
  static FakeCluster of(int size) throws IOException {
    return of(size, options(), new Admission(64, 256L << 20), List.of());
  }

  static FakeCluster of(
      int size, ServiceOptions options, Admission admission, List<ClientInterceptor> links)
      throws IOException {
    FakeCluster cluster = new FakeCluster();
    for (int group = 1; group <= CHUNK_GROUPS; group++) {
      cluster.chunks.put(group, new ConcurrentHashMap<>());
    }
    for (int i = 0; i < size; i++) {
      cluster.nodes.add(new FakeNode(cluster, i, options, admission, links));
    }
    for (FakeNode node : cluster.nodes) {
      node.start();
    }
    cluster.lead(0);
    return cluster;
  }

  static ServiceOptions options() {
    return new ServiceOptions(
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        64 << 10,
        2);
  }

  FakeNode node(int i) {
    return nodes.get(i);
  }

  /** Makes a node the leader of all groups, in everybody's eyes. */
  void lead(int leader) {
    for (FakeNode node : nodes) {
      node.catalog.leader = nodes.get(leader).member();
      node.chunkGroups.forEach(group -> group.leader = nodes.get(leader).member());
    }
  }

  /** Makes everybody forget who leads. */
  void electing() {
    for (FakeNode node : nodes) {
      node.catalog.leader = null;
      node.chunkGroups.forEach(group -> group.leader = null);
    }
  }

  /** Commits and applies everywhere but on lagging nodes. */
  List<Decision> commit(List<Envelope> commands) {
    lock.lock();
    try {
      MapCatalog.Step step =
          committed.apply(
              new CommandBatch(new CommandBatch.Stamp(1_000, 1_000_000, 1_000_000_000), commands),
              new LogPosition(1, committed.head().applied().index() + 1));
      committed = step.after();
      nodes.stream()
          .filter(node -> !node.lagging)
          .forEach(node -> node.catalog.applied = committed);
      changed.signalAll();
      return step.applied().decisions();
    } finally {
      lock.unlock();
    }
  }

  long revision() {
    lock.lock();
    try {
      return committed.head().revision();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    nodes.forEach(FakeNode::close);
  }
}
