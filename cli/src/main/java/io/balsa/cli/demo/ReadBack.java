package io.balsa.cli.demo;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Table;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.cli.transfer.FoundFile;
import io.balsa.cli.transfer.Lanes;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadReceipt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Step 3: every byte comes back, from every node, at every level. Where that is a lot of bytes, the
 * levels take turns: then each node gives every file once, and each file comes at several levels.
 */
record ReadBack(Scene scene, Path input, long revision) {
  private static final int LANES = 8;
  private static final int FILES_MAX = 500_000;
  private static final long ALL_LEVELS_BYTES_MAX = 8_000_000_000L;

  /**
   * What came of it.
   *
   * @param files how many were compared
   * @param bytes bytes of those
   */
  record Compared(long files, long bytes, Duration took) {}

  Compared run() throws IOException, InterruptedException {
    List<FoundFile> files = FolderScan.list(input, FILES_MAX);
    long bytes = files.stream().mapToLong(FoundFile::size).sum();
    int levels = Level.values().length;
    boolean turns = bytes * levels * DemoCluster.NODES > ALL_LEVELS_BYTES_MAX;
    if (turns) {
      scene.narrator().say("this is a lot: each node gives every file once, levels take turns");
    }
    long rounds = (long) DemoCluster.NODES * (turns ? 1 : levels);
    Progress.Goal goal = Progress.Goal.of("read back", files.size() * rounds, bytes * rounds);
    long begun = scene.pace().now();
    long comparedFiles = 0;
    long comparedBytes = 0;
    List<List<String>> receipts = new ArrayList<>();
    try (Progress progress = scene.narrator().progress(goal)) {
      int turnOfLevel = 0;
      for (Level level : Level.values()) {
        List<String> row = new ArrayList<>(List.of(level.label(revision)));
        for (int i = 0; i < DemoCluster.NODES; i++) {
          List<FoundFile> part = turns ? turn(files, turnOfLevel, i) : files;
          NodeProcess node = scene.cluster().nodes().get(i);
          ReadReceipt last = new Pass(scene, node, level, revision).run(part, progress);
          comparedFiles += part.size();
          comparedBytes += part.stream().mapToLong(FoundFile::size).sum();
          row.add("revision " + last.revision() + ", age " + Text.age(last));
        }
        receipts.add(row);
        turnOfLevel++;
      }
    }
    Duration took = scene.pace().since(begun);
    tell(receipts);
    scene
        .narrator()
        .say(
            String.format(
                "%s files, %s compared byte by byte in %s (%s): all equal",
                Amounts.count(comparedFiles),
                Amounts.bytes(comparedBytes),
                Amounts.duration(took),
                Amounts.rate(comparedBytes, took)));
    return new Compared(comparedFiles, comparedBytes, took);
  }

  /** A fifth of the files, another one for each level and node. */
  private static List<FoundFile> turn(List<FoundFile> files, int level, int node) {
    int levels = Level.values().length;
    List<FoundFile> part = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if ((i + node) % levels == level) {
        part.add(files.get(i));
      }
    }
    // Every node serves every level, even of a folder with few files.
    return part.isEmpty() ? List.of(files.getFirst()) : part;
  }

  private void tell(List<List<String>> receipts) {
    Table table =
        new Table(
            "asked for",
            scene.cluster().nodes().get(0).id(),
            scene.cluster().nodes().get(1).id(),
            scene.cluster().nodes().get(2).id());
    receipts.forEach(row -> table.row(row.toArray(String[]::new)));
    scene.narrator().say("the last receipt of each node at each level, which was the one served:");
    scene.narrator().say(table.lines());
  }

  /** Files from one node at one level. */
  private record Pass(Scene scene, NodeProcess node, Level level, long revision) {
    ReadReceipt run(List<FoundFile> files, Progress progress)
        throws IOException, InterruptedException {
      GetOptions options = level.options(node.endpoint(), revision);
      AtomicReference<@Nullable ReadReceipt> last = new AtomicReference<>();
      try (Lanes lanes = new Lanes("balsa-demo-read", LANES)) {
        for (FoundFile file : files) {
          lanes.begin(
              () -> {
                last.set(compare(file, options));
                progress.advance(1, file.size());
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

    private ReadReceipt compare(FoundFile file, GetOptions options) throws IOException {
      try (InputStream right = Files.newInputStream(file.file())) {
        ComparingStream compare = new ComparingStream(file.path(), right);
        Read<ObjectStat> got =
            scene
                .client()
                .objects()
                .get(FirstUpload.DATASET, file.path(), options, compare)
                .orElseThrow();
        var _ = compare.end();
        level.check(got.receipt(), node.id(), revision);
        return got.receipt();
      }
    }
  }
}
