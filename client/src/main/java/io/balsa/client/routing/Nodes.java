package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Every node that this client knows, with its channel. Thread-safe. Owns the channels. */
final class Nodes implements AutoCloseable {
  /** Nodes learnt beyond this are ignored: a wrong answer must not cost channels without limit. */
  static final int NODES_MAX = 128;

  private static final long NEAR_SLACK_NANOS = 2_000_000;

  private final ChannelFactory channels;
  private final LongSupplier nanoClock;
  private final AtomicInteger turn = new AtomicInteger();
  // Replaced as a whole under the lock of this object, read without it.
  private volatile Map<Endpoint, Node> nodes = Map.of();
  private volatile boolean closed;

  Nodes(List<Endpoint> seeds, ChannelFactory channels, LongSupplier nanoClock) {
    this.channels = channels;
    this.nanoClock = nanoClock;
    seeds.forEach(this::at);
  }

  /** The node at this endpoint, known from now on; empty beyond the limit or after close. */
  Optional<Node> at(Endpoint endpoint) {
    Node known = nodes.get(endpoint);
    return known == null ? add(endpoint) : Optional.of(known);
  }

  private synchronized Optional<Node> add(Endpoint endpoint) {
    Node known = nodes.get(endpoint);
    if (known != null) {
      return Optional.of(known);
    }
    if (closed || nodes.size() >= NODES_MAX) {
      return Optional.empty();
    }
    Node node = new Node(endpoint, channels.open(endpoint));
    Map<Endpoint, Node> more = new LinkedHashMap<>(nodes);
    more.put(endpoint, node);
    nodes = more;
    return Optional.of(node);
  }

  List<Node> all() {
    return List.copyOf(nodes.values());
  }

  /** All nodes: those that failed lately last, then by latency. */
  List<Node> nearestFirst() {
    long now = nanoClock.getAsLong();
    // Sorted by values read once, since they change under the sort.
    record Ranked(Node node, boolean suspect, long latencyNanos) {}
    return nodes.values().stream()
        .map(node -> new Ranked(node, node.isSuspect(now), node.latencyNanos()))
        .sorted(Comparator.comparing(Ranked::suspect).thenComparingLong(Ranked::latencyNanos))
        .map(Ranked::node)
        .toList();
  }

  /**
   * As {@link #nearestFirst}, but those about as near as the nearest take turns, so that bulk
   * spreads.
   */
  List<Node> nearestInTurn() {
    List<Node> order = new ArrayList<>(nearestFirst());
    long now = nanoClock.getAsLong();
    long limit = 2 * order.getFirst().latencyNanos() + NEAR_SLACK_NANOS;
    int near = 0;
    while (near < order.size()
        && order.get(near).latencyNanos() <= limit
        && !order.get(near).isSuspect(now)) {
      near++;
    }
    if (near > 1) {
      Collections.rotate(order.subList(0, near), Math.floorMod(turn.getAndIncrement(), near));
    }
    return order;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    List<Node> open;
    synchronized (this) {
      closed = true;
      open = all();
    }
    open.forEach(node -> node.channel().shutdownNow());
  }
}
