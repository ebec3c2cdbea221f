package io.balsa.client.routing;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.api.v1.GetStatusResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks nodes who leads, for all pursuits of a client together: a node is never asked twice at a
 * time, nor again within 50 ms, however many calls are waiting. Thread-safe.
 */
final class Scout {
  private static final long ANSWER_WITHIN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long REST_NANOS = Duration.ofMillis(50).toNanos();

  private static final long ANSWER_BYTES_MAX = 4 << 20;

  private final Nodes nodes;
  private final Leaders leaders;
  private final Timing timing;
  // When a node may be asked again; far away while it is being asked.
  private final Map<Node, Long> askAgainAtNanos = new ConcurrentHashMap<>();
  private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();

  Scout(Nodes nodes, Leaders leaders, Timing timing) {
    this.nodes = nodes;
    this.leaders = leaders;
    this.timing = timing;
  }

  /** Calls the listener, from any thread, after each answer until it is removed. */
  void addListener(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** Asks every node that rests. Does not wait. */
  void ask() {
    long now = timing.now();
    nodes.all().stream().filter(node -> mayAsk(node, now)).forEach(node -> ask(node, now));
  }

  private boolean mayAsk(Node node, long nowNanos) {
    long busyUntil = nowNanos + 2 * ANSWER_WITHIN_NANOS;
    boolean[] mine = new boolean[1];
    askAgainAtNanos.compute(
        node,
        (key, until) -> {
          mine[0] = until == null || until - nowNanos <= 0;
          return mine[0] ? Long.valueOf(busyUntil) : until;
        });
    return mine[0];
  }

  private void ask(Node node, long nowNanos) {
    new Attempt<GetStatusRequest, GetStatusResponse>(
            node,
            ClusterGrpc.getGetStatusMethod(),
            new Attempt.Terms(ANSWER_BYTES_MAX, nowNanos, nowNanos + ANSWER_WITHIN_NANOS),
            (attempt, end) -> {
              askAgainAtNanos.put(node, timing.now() + REST_NANOS);
              switch (end) {
                case Attempt.End.Answered<GetStatusResponse>(var answers) -> {
                  leaders.observe(node.endpoint(), answers.getFirst()).values().forEach(nodes::at);
                  listeners.forEach(Runnable::run);
                }
                case Attempt.End.Failed<GetStatusResponse>(Failure failure) -> {
                  if (failure.isUnreached()) {
                    node.failed(timing.now());
                  }
                }
              }
            })
        .start(GetStatusRequest.getDefaultInstance());
  }
}
