package io.balsa.service.grpc;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Connections to the front ends of other members, one an address, opened when first used. Bounded
 * by the Raft configuration, since only members' addresses are asked for. Thread-safe.
 */
public final class PeerChannels implements AutoCloseable {
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 3;
  private static final long CLOSE_SECONDS_MAX = 2;

  private final PeerLinks links;
  private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  /**
   * Opens nothing yet.
   *
   * @param links see every call to a peer
   */
  public PeerChannels(PeerLinks links) {
    this.links = links;
  }

  /** The connection to a member's client address, host:port. */
  Channel to(String address) {
    ManagedChannel channel = channels.computeIfAbsent(address, PeerChannels::open);
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // gRPC pauses up to two minutes between attempts, and nobody here waits for a peer so long.
      channel.resetConnectBackoff();
    }
    return links.over(channel);
  }

  /** Ends all calls and connections. */
  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels.values()) {
      try {
        if (!channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
          return; // Shut down all the same; its last threads end by themselves.
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static ManagedChannel open(String address) {
    return NettyChannelBuilder.forTarget(address)
        .usePlaintext()
        .disableRetry()
        .maxInboundMessageSize(ServerOptions.MESSAGE_BYTES_MAX)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }
}
