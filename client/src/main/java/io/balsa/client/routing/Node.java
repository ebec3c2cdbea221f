package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;

/**
 * A node as this client sees it: a channel, its usual latency, and whether it failed lately.
 * Thread-safe; the numbers are only used to choose, so a lost update does no harm.
 */
final class Node {
  private static final long SUSPECT_NANOS = Duration.ofSeconds(2).toNanos();

  private final Endpoint endpoint;
  private final ManagedChannel channel;
  private volatile long latencyNanos;
  private volatile boolean suspect;
  private volatile long suspectUntilNanos;

  Node(Endpoint endpoint, ManagedChannel channel) {
    this.endpoint = endpoint;
    this.channel = channel;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** The channel; where its last connection failed, it tries anew at once. */
  ManagedChannel channel() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC pauses up to two minutes between attempts; a node is back sooner than that, and how
      // often a call is tried is this package's to say.
      channel.resetConnectBackoff();
    }
    return channel;
  }

  /** Moves the average by an eighth of the way. 0 means that nothing is known yet. */
  void answered(long tookNanos) {
    suspect = false;
    long before = latencyNanos;
    latencyNanos = before == 0 ? tookNanos : before + (tookNanos - before) / 8;
  }

  /** Puts the node behind the others for two seconds. */
  void failed(long nowNanos) {
    suspectUntilNanos = nowNanos + SUSPECT_NANOS;
    suspect = true;
  }

  boolean isSuspect(long nowNanos) {
    return suspect && suspectUntilNanos - nowNanos > 0;
  }

  long latencyNanos() {
    return latencyNanos;
  }
}
