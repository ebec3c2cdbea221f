package io.balsa.cli;

import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Everything that a command takes from its process, gathered in one place; tests bring their own.
 *
 * @param facts what environment and system properties say
 * @param streams where it reads and writes
 * @param connect makes a client
 * @param nanoTime a monotonic clock
 */
record Surroundings(
    Facts facts,
    Streams streams,
    Function<ClientOptions, BalsaClient> connect,
    LongSupplier nanoTime) {

  /**
   * What environment and system properties say.
   *
   * @param nodes whom to ask where the command line does not say it: {@code BALSA_NODES}
   * @param launcher the script that started this process, if one did: {@code balsa.launcher}
   * @param javaHome the running JDK
   * @param classPath of this process
   * @param temporary where temporary folders are made: {@code java.io.tmpdir}
   */
  record Facts(
      String nodes, Optional<Path> launcher, Path javaHome, String classPath, Path temporary) {
    private static final String NODES_DEFAULT = "127.0.0.1:7401";

    static Facts ofProcess() {
      String nodes = System.getenv("BALSA_NODES");
      return new Facts(
          nodes == null || nodes.isBlank() ? NODES_DEFAULT : nodes,
          Optional.ofNullable(System.getProperty("balsa.launcher")).map(Path::of),
          Path.of(System.getProperty("java.home")),
          System.getProperty("java.class.path"),
          Path.of(System.getProperty("java.io.tmpdir")));
    }
  }

  /**
   * Where a command reads and writes.
   *
   * @param terminal true where a person looks at it
   */
  record Streams(InputStream in, PrintStream out, PrintStream err, boolean terminal) {
    private static final int BUFFER_BYTES = 64 << 10;

    static Streams ofProcess() {
      return new Streams(
          System.in,
          print(FileDescriptor.out, false),
          print(FileDescriptor.err, true),
          Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
    }

    private static PrintStream print(FileDescriptor to, boolean autoFlush) {
      return new PrintStream(
          new BufferedOutputStream(new FileOutputStream(to), BUFFER_BYTES),
          autoFlush,
          StandardCharsets.UTF_8);
    }
  }

  /** Those of this process. */
  static Surroundings ofProcess() {
    return new Surroundings(
        Facts.ofProcess(), Streams.ofProcess(), BalsaClient::connect, System::nanoTime);
  }
}
