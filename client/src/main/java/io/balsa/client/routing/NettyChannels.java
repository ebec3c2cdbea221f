package io.balsa.client.routing;

import io.balsa.client.model.Endpoint;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Channels over TCP without TLS.
 *
 * @param executor runs gRPC's callbacks; owned by the caller, outlives the channels
 */
public record NettyChannels(Executor executor) implements ChannelFactory {
  /** One frame of the largest chunk and its envelope fit. */
  private static final int INBOUND_BYTES_MAX = 20 << 20;

  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  private static final int KEEP_ALIVE_SECONDS = 10;
  private static final int FLOW_WINDOW_BYTES = 4 << 20;

  @Override
  public ManagedChannel open(Endpoint endpoint) {
    return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
        .usePlaintext()
        .executor(executor)
        .maxInboundMessageSize(INBOUND_BYTES_MAX)
        .flowControlWindow(FLOW_WINDOW_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        // Retries are this package's policy: it knows about request ids.
        .disableRetry()
        .build();
  }
}
