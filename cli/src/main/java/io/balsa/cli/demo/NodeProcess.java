package io.balsa.cli.demo;

import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node: its folder, its ports, and its process while it runs. Thread-safe. */
final class NodeProcess {
  private static final String HOST = "127.0.0.1";
  private static final int LOG_TAIL_BYTES = 16 << 10;
  private static final Duration KILL_WAIT = Duration.ofSeconds(10);

  private final String id;
  private final Path folder;
  private final NodeCommand command;
  private final int peerPort;
  private final int clientPort;
  private @Nullable Process process;
  private boolean retired;

  /**
   * A node that does not run yet.
   *
   * @param id its name
   * @param folder all of its files
   */
  NodeProcess(String id, Path folder, NodeCommand command, int peerPort, int clientPort) {
    this.id = id;
    this.folder = folder;
    this.command = command;
    this.peerPort = peerPort;
    this.clientPort = clientPort;
  }

  String id() {
    return id;
  }

  Endpoint endpoint() {
    return new Endpoint(HOST, clientPort);
  }

  Path folder() {
    return folder;
  }

  Path log() {
    return folder.resolve("node.log");
  }

  /**
   * Starts it; whether it serves is another question.
   *
   * @throws IOException if the program cannot be started
   */
  synchronized void start() throws IOException {
    if (retired) {
      throw new DemoFailed("the demo is over");
    }
    Files.createDirectories(folder);
    Path config = folder.resolve("balsa.yaml");
    Files.writeString(config, yaml());
    process =
        new ProcessBuilder(command.server(config))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  private String yaml() {
    return String.join(
        "\n",
        "node:",
        "  id: \"" + id + "\"",
        "  data-dir: \"" + escaped(folder.resolve("data").toString()) + "\"",
        "listen:",
        "  peer-host: " + HOST,
        "  peer-port: " + peerPort,
        "  client-host: " + HOST,
        "  client-port: " + clientPort,
        "");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The id of its process; 0 before it was started. */
  synchronized long pid() {
    return process == null ? 0 : process.pid();
  }

  /** Ends it with SIGKILL, at once and without its knowledge; returns when it is gone. */
  void kill() {
    Process running = running();
    if (running != null) {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      var _ = running.destroyForcibly();
      awaitEnd(running, KILL_WAIT);
    }
  }

  /** Ends it at once, and for ever. */
  void retire() {
    synchronized (this) {
      retired = true;
    }
    kill();
  }

  /** Asks it to end (SIGTERM); does not wait. */
  void ask() {
    Process running = running();
    if (running != null) {
      running.destroy();
    }
  }

  /** Waits for its end. */
  boolean awaitEnd(Duration atMost) {
    Process running = running();
    return running == null || awaitEnd(running, atMost);
  }

  private synchronized @Nullable Process running() {
    return process;
  }

  private static boolean awaitEnd(Process running, Duration atMost) {
    try {
      return running.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !running.isAlive();
    }
  }

  /** The last lines of its log, for a person who asks why. */
  List<String> logTail(int lines) {
    try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
      long from = Math.max(0, file.length() - LOG_TAIL_BYTES);
      file.seek(from);
      byte[] tail = new byte[(int) (file.length() - from)];
      file.readFully(tail);
      List<String> all = new String(tail, StandardCharsets.UTF_8).lines().toList();
      return all.subList(Math.max(0, all.size() - lines), all.size());
    } catch (IOException e) {
      return List.of("(its log cannot be read: " + e.getMessage() + ")");
    }
  }

  /** Whether its log tells of a port that somebody else has. */
  boolean lostItsPort() {
    return logTail(200).stream()
        .anyMatch(
            line -> line.contains("Address already in use") || line.contains("BindException"));
  }
}
