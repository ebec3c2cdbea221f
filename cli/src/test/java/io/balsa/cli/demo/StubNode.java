package io.balsa.cli.demo;

import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process that is started as a node is, and tells its name to whoever connects. */
final class StubNode {
  private StubNode() {}

  /** {@code server --config FILE}. */
  public static void main(String[] args) throws IOException {
    Path config = Path.of(args[2]);
    String name = value(config, "id").replace("\"", "");
    int port = Integer.parseInt(value(config, "client-port"));
    try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (Socket socket = server.accept();
            OutputStream out = socket.getOutputStream()) {
          out.write(name.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static String value(Path config, String key) throws IOException {
    return Files.readAllLines(config).stream()
        .map(String::strip)
        .filter(line -> line.startsWith(key + ": "))
        .map(line -> line.substring(key.length() + 2))
        .findFirst()
        .orElseThrow();
  }

  /** Who is there; empty where nobody is. */
  static Optional<String> ask(Endpoint endpoint) {
    try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
      byte[] name = socket.getInputStream().readAllBytes();
      return Optional.of(new String(name, StandardCharsets.UTF_8)).filter(n -> !n.isEmpty());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
