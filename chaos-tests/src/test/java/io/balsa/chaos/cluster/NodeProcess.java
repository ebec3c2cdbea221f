package io.balsa.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One process of {@code balsa server}, started with the test's own Java and class path. One thread
 * at a time.
 */
public final class NodeProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;

  private NodeProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a process.
   *
   * @param output what it prints is appended to this file
   * @param heap the largest heap, as {@code -Xmx} takes it
   * @param arguments of {@code balsa}
   */
  public static NodeProcess start(Path output, String heap, String... arguments) {
    return start(output, heap, Map.of(), List.of(arguments));
  }

  /**
   * Starts a process with variables of its own.
   *
   * @param variables added to the environment, from which all {@code BALSA_...} are taken before
   */
  public static NodeProcess start(
      Path output, String heap, Map<String, String> variables, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-Djava.io.tmpdir=" + temporary(output),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                LeashedNode.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("BALSA_"));
    builder.environment().putAll(variables);
    try {
      return new NodeProcess(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The temporary folder of the processes that print to a file. */
  public static Path temporary(Path output) {
    try {
      return Files.createDirectories(output.resolveSibling(output.getFileName() + ".tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() {
    process.destroyForcibly();
    var _ = exitCode();
  }

  /** SIGTERM; does not wait. */
  public void terminate() {
    // By its handle, since Process.destroy would also close the input that the leash watches.
    assertThat(process.toHandle().destroy()).isTrue();
  }

  /** True while the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end of the process. */
  public int exitCode() {
    return exitCode(PATIENCE);
  }

  /** Waits for the end of the process; fails where it does not come in time. */
  public int exitCode(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the process goes on after " + limit + ": " + printed());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What it printed to both streams, with what its predecessors on the same file printed. */
  public String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the process where it runs. */
  @Override
  public void close() {
    kill();
  }
}
