package io.balsa.client.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.model.Endpoint;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NodeTest {
  /** By its own pauses gRPC would make five attempts in this time, and then ever fewer. */
  @Timeout(10)
  @Test
  void aNodeThatWasDownForLongIsTriedAnewWithEachCall() throws Exception {
    Semaphore attempts = new Semaphore(0);
    try (ServerSocket down = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> refuseAll(down, attempts));
      Endpoint endpoint = new Endpoint("127.0.0.1", down.getLocalPort());
      ManagedChannel channel = new NettyChannels(Runnable::run).open(endpoint);
      Node node = new Node(endpoint, channel);
      try {
        for (int attempt = 0; attempt < 12; attempt++) {
          do {
            assertThat(node.channel().getState(true)).isNotEqualTo(ConnectivityState.READY);
          } while (!attempts.tryAcquire(10, TimeUnit.MILLISECONDS));
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static void refuseAll(ServerSocket down, Semaphore attempts) {
    try {
      while (true) {
        try (Socket _ = down.accept()) {
          attempts.release();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}
