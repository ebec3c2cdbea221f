package io.balsa.cli.local;

import io.balsa.client.model.Endpoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node: its folder, its ports, and its process while it runs. Thread-safe. */
public final class NodeProcess {
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

  /** Its name. */
  public String id() {
    return id;
  }

  /** Where clients reach it. */
  public Endpoint endpoint() {
    return new Endpoint(HOST, clientPort);
  }

  /** All of its files. */
  public Path folder() {
    return folder;
  }

  /** Its data folder. */
  public Path data() {
    return folder.resolve("data");
  }

  /** What it printed. */
  public Path log() {
    return folder.resolve("node.log");
  }

  /**
   * Starts it; whether it serves is another question.
   *
   * @throws IOException if the program cannot be started
   */
  public synchronized void start() throws IOException {
    if (retired) {
      throw new LocalFailed(id + " was retired");
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
    Map<String, String> settings = new TreeMap<>(command.settings());
    settings.put("node.id", quoted(id));
    settings.put("node.data-dir", quoted(data().toString()));
    settings.put("listen.peer-host", HOST);
    settings.put("listen.peer-port", Integer.toString(peerPort));
    settings.put("listen.client-host", HOST);
    settings.put("listen.client-port", Integer.toString(clientPort));
    StringBuilder text = new StringBuilder();
    String section = "";
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String[] key = setting.getKey().split("\\.", 2);
      if (!key[0].equals(section)) {
        section = key[0];
        text.append(section).append(":\n");
      }
      text.append("  ").append(key[1]).append(": ").append(setting.getValue()).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Whether its process runs. */
  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The id of its process; 0 before it was started. */
  public synchronized long pid() {
    return process == null ? 0 : process.pid();
  }

  /** Ends it with SIGKILL, at once and without its knowledge; returns when it is gone. */
  public void kill() {
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
  public void ask() {
    Process running = running();
    if (running != null) {
      running.destroy();
    }
  }

  /** Waits for its end. */
  public boolean awaitEnd(Duration atMost) {
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
  public List<String> logTail(int lines) {
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
