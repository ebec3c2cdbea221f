package io.balsa.cli;

import io.balsa.cli.fake.FakeBalsa;
import io.balsa.cli.fake.FakeNodes;
import io.balsa.cli.fake.FakeStore;
import io.balsa.client.model.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Runs command lines against a cluster in memory, and keeps what they said. */
final class CliRun {
  final FakeStore store = new FakeStore();
  final ConcurrentLinkedQueue<Result<?>> next = new ConcurrentLinkedQueue<>();
  FakeNodes nodes = FakeNodes.always();
  String environmentNodes = "127.0.0.1:7401";
  String input = "";
  String out = "";
  String err = "";

  int run(String... args) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    int exit;
    try (PrintStream outStream = new PrintStream(outBytes, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(errBytes, true, StandardCharsets.UTF_8)) {
      exit = Balsa.run(surroundings(outStream, errStream), args);
    }
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return exit;
  }

  Surroundings surroundings(PrintStream outStream, PrintStream errStream) {
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return new Surroundings(
        new Surroundings.Facts(
            environmentNodes,
            Optional.empty(),
            Path.of(System.getProperty("java.home")),
            System.getProperty("java.class.path"),
            Path.of(System.getProperty("java.io.tmpdir"))),
        new Surroundings.Streams(in, outStream, errStream, false),
        FakeBalsa.over(store, nodes, next),
        () -> 0);
  }
}
