package io.balsa.service.grpc;

import static org.awaitility.Awaitility.await;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.GetIdentityRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeerChannelsTest {
  @Test
  void aPeerThatWasDownForLongIsTriedAnewWithEachCall() throws IOException {
    AtomicInteger attempts = new AtomicInteger();
    try (ServerSocket down = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PeerChannels channels = new PeerChannels(PeerLinks.DIRECT)) {
      Thread.ofPlatform().daemon().start(() -> refuseAll(down, attempts));
      String address = "127.0.0.1:" + down.getLocalPort();
      // By its own pauses gRPC would try four or five times in these seconds, then ever more
      // rarely.
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> callFails(channels, address, attempts, 12));
    }
  }

  private static boolean callFails(
      PeerChannels channels, String address, AtomicInteger attempts, int wanted) {
    try {
      var _ =
          ClusterGrpc.newBlockingStub(channels.to(address))
              .withDeadlineAfter(5, TimeUnit.SECONDS)
              .getIdentity(GetIdentityRequest.getDefaultInstance());
      throw new AssertionError("nobody answers there");
    } catch (StatusRuntimeException e) {
      return attempts.get() >= wanted;
    }
  }

  private static void refuseAll(ServerSocket down, AtomicInteger attempts) {
    try {
      while (true) {
        try (Socket _ = down.accept()) {
          attempts.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}
