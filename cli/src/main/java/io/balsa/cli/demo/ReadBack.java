package io.balsa.cli.demo;

import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Table;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.Counted;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.cli.transfer.FoundFile;
import io.balsa.cli.transfer.Lanes;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadReceipt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Step 3: every byte comes back, from every node, at every level. On a slow machine or with a large
 * folder, only the first level gives every file from every node; the others take turns, so that
 * each node gives every file once more, and each pair of node and level a part of them.
 */
record ReadBack(Scene scene, Path input, long revision) {
  private static final int LANES = 8;
  private static final int FILES_MAX = 500_000;
  private static final Duration OTHERS_MAX = Duration.ofSeconds(45);

  /**
   * What came of it.
   *
   * @param files how many were compared
   * @param bytes bytes of those
   */
  record Compared(long files, long bytes, Duration took) {}

  Compared run() throws IOException, InterruptedException {
    List<FoundFile> files = FolderScan.list(input, FILES_MAX);
    List<Level> levels = List.of(Level.values());
    List<Level> others = levels.subList(1, levels.size());
    long begun = scene.pace().now();
    Table receipts = receiptTable();
    List<Part> parts = new ArrayList<>(parts(files, levels.subList(0, 1), false));
    read(parts, "read", receipts);
    Duration one = scene.pace().since(begun);
    // The first pass also warms the nodes up; those after it take about half as long.
    Duration expected = one.multipliedBy(others.size()).dividedBy(2);
    boolean turns = expected.compareTo(OTHERS_MAX) > 0;
    if (turns) {
      scene
          .narrator()
          .say(
              "one level took "
                  + Amounts.duration(one)
                  + ", so the others take turns: each node gives every file once more");
    }
    List<Part> more = parts(files, others, turns);
    read(more, "read more", receipts);
    parts.addAll(more);
    Duration took = scene.pace().since(begun);
    scene.narrator().say("the last receipt of each node at each level, which was the one served:");
    scene.narrator().say(receipts.lines());
    Compared compared = new Compared(files(parts), bytes(parts), took);
    scene
        .narrator()
        .say(
            String.format(
                "%s files, %s compared byte by byte in %s (%s): all equal",
                Amounts.count(compared.files()),
                Amounts.bytes(compared.bytes()),
                Amounts.duration(took),
                Amounts.rate(compared.bytes(), took)));
    return compared;
  }

  /** Files that one node gives at one level. */
  private record Part(Level level, NodeProcess node, List<FoundFile> files) {}

  private static long files(List<Part> parts) {
    return parts.stream().mapToLong(part -> part.files().size()).sum();
  }

  private static long bytes(List<Part> parts) {
    return parts.stream().flatMap(part -> part.files().stream()).mapToLong(FoundFile::size).sum();
  }

  /** Level by level, and node by node in each. */
  private List<Part> parts(List<FoundFile> files, List<Level> levels, boolean turns) {
    List<Part> parts = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      for (int node = 0; node < LocalCluster.NODES; node++) {
        parts.add(
            new Part(
                levels.get(level),
                scene.cluster().nodes().get(node),
                turns ? turn(files, level + node, levels.size()) : files));
      }
    }
    return parts;
  }

  private static List<FoundFile> turn(List<FoundFile> files, int shift, int levels) {
    List<FoundFile> part = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if ((i + shift) % levels == 0) {
        part.add(files.get(i));
      }
    }
    // Every node serves every level, also of a folder with few files.
    return part.isEmpty() ? List.of(files.getFirst()) : part;
  }

  private Table receiptTable() {
    List<String> titles = new ArrayList<>(List.of("asked for"));
    scene.cluster().nodes().forEach(node -> titles.add(node.id()));
    return new Table(titles.toArray(String[]::new));
  }

  private void read(List<Part> parts, String label, Table receipts)
      throws IOException, InterruptedException {
    Progress.Goal goal = Progress.Goal.of(label, files(parts), bytes(parts));
    try (Progress progress = scene.narrator().progress(goal)) {
      for (int i = 0; i < parts.size(); i += LocalCluster.NODES) {
        List<String> row = new ArrayList<>(List.of(parts.get(i).level().label(revision)));
        for (Part part : parts.subList(i, i + LocalCluster.NODES)) {
          ReadReceipt last = new Pass(scene, part, revision).run(progress);
          row.add("revision " + last.revision() + ", age " + Text.age(last));
        }
        receipts.row(row.toArray(String[]::new));
      }
    }
  }

  /** Reads a part. */
  private record Pass(Scene scene, Part part, long revision) {
    ReadReceipt run(Progress progress) throws IOException, InterruptedException {
      GetOptions options = part.level().options(part.node().endpoint(), revision);
      AtomicReference<@Nullable ReadReceipt> last = new AtomicReference<>();
      try (Lanes lanes = new Lanes("balsa-demo-read", LANES)) {
        for (FoundFile file : part.files()) {
          lanes.begin(
              () -> {
                last.set(compare(file, options, progress));
                progress.advance(1, 0);
              });
        }
        lanes.join();
      }
      ReadReceipt receipt = last.get();
      if (receipt == null) {
        throw new DemoFailed("nothing was read");
      }
      return receipt;
    }

    private ReadReceipt compare(FoundFile file, GetOptions options, Progress progress)
        throws IOException {
      try (InputStream right = Files.newInputStream(file.file())) {
        ComparingStream compare = new ComparingStream(file.path(), right);
        OutputStream to = Counted.output(compare, bytes -> progress.advance(0, bytes));
        Read<ObjectStat> got =
            scene
                .client()
                .objects()
                .get(FirstUpload.DATASET, file.path(), options, to)
                .orElseThrow();
        var _ = compare.end();
        part.level().check(got.receipt(), part.node().id(), revision);
        return got.receipt();
      }
    }
  }
}
