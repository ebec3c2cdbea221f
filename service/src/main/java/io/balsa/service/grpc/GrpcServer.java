package io.balsa.service.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The listener for clients and for other members' front ends. Thread-safe. */
public final class GrpcServer {
  private static final long PERMIT_KEEPALIVE_SECONDS = 5;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * Makes a server that does not listen yet. Its health is NOT_SERVING.
   *
   * @param executor one virtual thread a task; runs all handlers
   */
  public GrpcServer(ServerOptions options, FrontEnd frontEnd, Executor executor) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(options.bindHost(), options.port()))
            .executor(executor)
            .intercept(frontEnd.frontDoor())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .maxInboundMessageSize(ServerOptions.MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(ServerOptions.METADATA_BYTES_MAX)
            .maxConcurrentCallsPerConnection(options.callsPerConnectionMax())
            .permitKeepAliveTime(PERMIT_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    for (BindableService service : frontEnd.services()) {
      builder.addService(service);
    }
    server = builder.build();
    setServing(false);
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public void start() throws IOException {
    var _ = server.start();
  }

  /** The port it listens on, after {@link #start}. */
  public int port() {
    return server.getPort();
  }

  /** Tells load balancers and probes whether to send calls here. Calls are served all the same. */
  public void setServing(boolean serving) {
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /**
   * Takes no more calls, lets those in flight end, and cuts off what is left after the grace.
   *
   * @param grace at least zero
   */
  public void stop(Duration grace) throws InterruptedException {
    health.enterTerminalState();
    var _ = server.shutdown();
    if (!server.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
      var _ = server.shutdownNow();
      server.awaitTermination();
    }
  }
}
