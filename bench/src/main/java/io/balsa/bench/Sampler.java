package io.balsa.bench;

import io.balsa.bench.curve.Samples;
import io.balsa.bench.load.Kind;
import io.balsa.bench.load.Ledger;
import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.render.Amounts;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Takes samples of a load and of its nodes, and appends each to a CSV file. One thread. */
final class Sampler implements AutoCloseable {
  private static final List<String> COLUMNS = Curves.columns();

  private final LocalCluster cluster;
  private final Ledger ledger;
  private final Writer file;
  private Totals before = new Totals(0, 0, 0, 0);

  /** All counts since the beginning. */
  private record Totals(double seconds, long written, long read, long errors) {}

  /** Begins the file anew. */
  Sampler(LocalCluster cluster, Ledger ledger, Path csv) throws IOException {
    this.cluster = cluster;
    this.ledger = ledger;
    this.file = Files.newBufferedWriter(csv);
    write(Samples.heading(COLUMNS));
  }

  private void write(String line) throws IOException {
    file.write(line);
    file.write('\n');
    file.flush();
  }

  /**
   * Takes one.
   *
   * @param elapsed since the load began
   * @return the same for a person, in one line
   */
  String sample(Duration elapsed) throws IOException {
    Map<String, Double> row = new HashMap<>();
    double seconds = elapsed.toMillis() / 1e3;
    for (NodeProcess node : cluster.nodes()) {
      nodeFacts(node, row);
    }
    loadFacts(seconds, row);
    write(Samples.line(COLUMNS, seconds, row));
    return progress(elapsed, row);
  }

  private static void nodeFacts(NodeProcess node, Map<String, Double> row) throws IOException {
    ProcessFacts.of(node.pid())
        .ifPresent(
            facts -> {
              row.put(Curves.of(node.id(), Curves.RESIDENT), (double) facts.residentBytes());
              row.put(Curves.of(node.id(), Curves.THREADS), (double) facts.threads());
              row.put(Curves.of(node.id(), Curves.FILES), (double) facts.files());
            });
    Path data = node.data();
    for (Map.Entry<String, Path> part :
        Map.of(
                Curves.RAFT, data.resolve("raft"),
                Curves.CATALOG, data.resolve("catalog"),
                Curves.CHUNKS, data.resolve("chunks"),
                Curves.DATA, data)
            .entrySet()) {
      row.put(Curves.of(node.id(), part.getKey()), (double) DiskUse.bytes(part.getValue()));
    }
  }

  private void loadFacts(double seconds, Map<String, Double> row) {
    long errors = ledger.errors().values().stream().mapToLong(Long::longValue).sum();
    Totals now = new Totals(seconds, ledger.bytesWritten(), ledger.bytesRead(), errors);
    double span = now.seconds() - before.seconds();
    row.put(Curves.LIVE_OBJECTS, (double) ledger.liveObjects());
    row.put(Curves.LIVE_BYTES, (double) ledger.liveBytes());
    row.put(Curves.WRITTEN, (now.written() - before.written()) / span);
    row.put(Curves.READ, (now.read() - before.read()) / span);
    row.put(Curves.ERRORS, (now.errors() - before.errors()) / span);
    double all = 0;
    for (Kind kind : Kind.values()) {
      Ledger.Latency latency = ledger.drain(kind);
      all += latency.count() / span;
      row.put(Curves.ops(kind), latency.count() / span);
      row.put(Curves.p50(kind), latency.p50Millis());
      row.put(Curves.p99(kind), latency.p99Millis());
    }
    row.put(Curves.OPS, all);
    before = now;
  }

  private String progress(Duration elapsed, Map<String, Double> row) {
    String nodes =
        cluster.nodes().stream()
            .map(
                node ->
                    String.format(
                        "%s %s %.0f threads %.0f files raft %s data %s",
                        node.id(),
                        bytes(row, Curves.of(node.id(), Curves.RESIDENT)),
                        row.getOrDefault(Curves.of(node.id(), Curves.THREADS), 0.0),
                        row.getOrDefault(Curves.of(node.id(), Curves.FILES), 0.0),
                        bytes(row, Curves.of(node.id(), Curves.RAFT)),
                        bytes(row, Curves.of(node.id(), Curves.DATA))))
            .collect(Collectors.joining(" | "));
    return String.format(
        Locale.ROOT,
        "%3d:%02d  %,d objects, %s live | %.0f ops/s, put %s/s, read %s/s, p99 of overwrite %.0f ms"
            + " | %s | %,d errors",
        elapsed.toMinutes(),
        elapsed.toSecondsPart(),
        ledger.liveObjects(),
        Amounts.bytes(ledger.liveBytes()),
        row.getOrDefault(Curves.OPS, 0.0),
        bytes(row, Curves.WRITTEN),
        bytes(row, Curves.READ),
        row.getOrDefault(Curves.p99(Kind.OVERWRITE), Double.NaN),
        nodes,
        before.errors());
  }

  private static String bytes(Map<String, Double> row, String column) {
    return Amounts.bytes(Math.round(row.getOrDefault(column, 0.0)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
