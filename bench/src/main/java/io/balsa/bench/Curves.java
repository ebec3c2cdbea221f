package io.balsa.bench;

import io.balsa.bench.curve.CurvesPage;
import io.balsa.bench.curve.Panel;
import io.balsa.bench.curve.Plateau;
import io.balsa.bench.curve.Samples;
import io.balsa.bench.curve.Series;
import io.balsa.bench.load.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the long-life run samples: the columns, how they are drawn, and what is level enough. */
final class Curves {
  static final List<String> NODES = List.of("n1", "n2", "n3");

  /** Facts of each node; a column is the node's name, an underscore and this. */
  static final String RESIDENT = "resident_bytes";

  static final String THREADS = "threads";
  static final String FILES = "open_files";
  static final String RAFT = "raft_bytes";
  static final String CATALOG = "catalog_bytes";
  static final String CHUNKS = "chunks_bytes";
  static final String DATA = "data_bytes";
  private static final List<String> NODE_FACTS =
      List.of(RESIDENT, THREADS, FILES, RAFT, CATALOG, CHUNKS, DATA);

  static final String LIVE_OBJECTS = "live_objects";
  static final String LIVE_BYTES = "live_bytes";
  static final String WRITTEN = "written_bytes_per_s";
  static final String READ = "read_bytes_per_s";
  static final String ERRORS = "errors_per_s";
  static final String OPS = "ops_per_s";
  private static final List<String> LOAD_FACTS =
      List.of(LIVE_OBJECTS, LIVE_BYTES, WRITTEN, READ, ERRORS, OPS);

  private static final double MB = 1e6;
  private static final double GB = 1e9;

  /** Of the mean an hour; what lies on disk moves in larger steps. */
  private static final double PROCESS_THRESHOLD = 0.10;

  private static final double DISK_THRESHOLD = 0.15;

  private Curves() {}

  static String of(String node, String fact) {
    return node + "_" + fact;
  }

  static String ops(Kind kind) {
    return "ops_" + kind.label() + "_per_s";
  }

  static String p50(Kind kind) {
    return "p50_" + kind.label() + "_ms";
  }

  static String p99(Kind kind) {
    return "p99_" + kind.label() + "_ms";
  }

  /** All columns but the time. */
  static List<String> columns() {
    List<String> columns = new ArrayList<>();
    NODES.forEach(node -> NODE_FACTS.forEach(fact -> columns.add(of(node, fact))));
    columns.addAll(LOAD_FACTS);
    for (Kind kind : Kind.values()) {
      columns.addAll(List.of(ops(kind), p50(kind), p99(kind)));
    }
    return columns;
  }

  /** Judges everything that should be level. */
  static List<Plateau> plateaus(Samples samples) {
    List<Plateau> plateaus = new ArrayList<>();
    for (String fact : NODE_FACTS) {
      boolean process = List.of(RESIDENT, THREADS, FILES).contains(fact);
      for (String node : NODES) {
        Series series = samples.series(of(node, fact)).orElseThrow();
        plateaus.add(Plateau.of(series, process ? PROCESS_THRESHOLD : DISK_THRESHOLD));
      }
    }
    return plateaus;
  }

  /** Draws the page. */
  static void draw(Samples samples, String subtitle, Path file) throws IOException {
    new CurvesPage("Balsa: a long life under mixed load", subtitle, samples).write(panels(), file);
  }

  private static List<Panel> panels() {
    return List.of(
        ofNodes("Resident memory", "MB", MB, RESIDENT),
        ofNodes("Threads", "", 1, THREADS),
        ofNodes("Open file handles", "", 1, FILES),
        ofNodes("raft/", "MB", MB, RAFT),
        ofNodes("catalog/", "MB", MB, CATALOG),
        ofNodes("chunks/", "GB", GB, CHUNKS, new Panel.Line(LIVE_BYTES, "live objects")),
        ofNodes("Whole data folder", "GB", GB, DATA, new Panel.Line(LIVE_BYTES, "live objects")),
        ofKinds("Operations", "a second", "ops_", "_per_s"),
        new Panel(
            "Payload",
            "MB a second",
            MB,
            List.of(new Panel.Line(WRITTEN, "put"), new Panel.Line(READ, "read and compared"))),
        ofKinds("Latency, median", "ms", "p50_", "_ms"),
        ofKinds("Latency, 99th percentile", "ms", "p99_", "_ms"),
        new Panel(
            "Refused or unknown", "a second", 1, List.of(new Panel.Line(ERRORS, "all kinds"))));
  }

  private static Panel ofNodes(
      String title, String unit, double divisor, String fact, Panel.Line... others) {
    return new Panel(
        title,
        unit,
        divisor,
        Stream.concat(
                NODES.stream().map(node -> new Panel.Line(of(node, fact), node)), Stream.of(others))
            .toList());
  }

  private static Panel ofKinds(String title, String unit, String before, String after) {
    // Not transactions: each is several puts, and would press all others to the ground.
    return new Panel(
        title,
        unit,
        1,
        List.of(
            new Panel.Line(before + Kind.OVERWRITE.label() + after, "overwrite"),
            new Panel.Line(before + Kind.READ_LINEARIZABLE.label() + after, "read"),
            new Panel.Line(before + Kind.READ_EVENTUAL.label() + after, "eventual read"),
            new Panel.Line(before + Kind.DELETE.label() + after, "delete")));
  }
}
