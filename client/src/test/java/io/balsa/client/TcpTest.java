package io.balsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.WriteOptions;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The real transport, over loopback. */
class TcpTest {
  @Test
  void objectsTravelOverTcp() throws IOException {
    try (FakeCluster cluster = new FakeCluster(1)) {
      FakeNode node = new FakeNode("tcp", new Endpoint("127.0.0.1", freePort()));
      node.start(
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), node.endpoint.port()))
              .maxInboundMessageSize(20 << 20),
          cluster.services(node));
      cluster.replaceNodesBy(node);
      byte[] bytes = new byte[30 << 20];
      bytes[12_345_678] = 1;
      var to = new ByteArrayOutputStream();
      try (BalsaClient client = BalsaClient.connect(ClientOptions.of(node.endpoint.toString()))) {
        client.objects().put("d", "o", Source.of(bytes), PutOptions.DEFAULT).orElseThrow();
        client.objects().get("d", "o", GetOptions.DEFAULT, to).orElseThrow();
      }
      assertThat(to.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void whereNobodyListensNothingHappened() throws IOException {
    ClientOptions options =
        ClientOptions.of("127.0.0.1:" + freePort()).withDeadline(Duration.ofMillis(500));
    try (BalsaClient client = BalsaClient.connect(options)) {
      assertThat(client.datasets().create("d", WriteOptions.DEFAULT)).isInstanceOf(Result.No.class);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
