package io.balsa.cli.demo;

import io.balsa.cli.local.LocalCluster;
import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.local.Pace;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.cli.transfer.FoundFile;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.InitListener;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The story that {@code balsa demo} tells, step by step. Whoever runs it ends the nodes that it
 * begins, whatever comes of it; see {@link DemoRun}. Used once, by one thread, which may be
 * interrupted.
 */
final class DemoStory {
  private static final int CHUNK_GROUPS = 3;
  private static final int FILES_MAX = 500_000;
  private static final Duration SCOUT_DEADLINE = Duration.ofMillis(500);

  /** What three replicas need besides the uploaded bytes: logs, indexes, some air. */
  private static final long SPARE_BYTES = 2_000_000_000L;

  private final DemoOptions options;
  private final Path folder;
  private final Narrator narrator;
  private final Function<ClientOptions, BalsaClient> connect;
  private final Pace pace;

  /**
   * A story.
   *
   * @param folder for everything that it writes
   */
  DemoStory(
      DemoOptions options,
      Path folder,
      Narrator narrator,
      Function<ClientOptions, BalsaClient> connect,
      Pace pace) {
    this.options = options;
    this.folder = folder;
    this.narrator = narrator;
    this.connect = connect;
    this.pace = pace;
  }

  /**
   * Tells it.
   *
   * @param begun is told of the nodes before they run
   * @throws DemoFailed if a claim does not hold
   * @throws IOException if something cannot be read or written
   * @throws io.balsa.client.model.BalsaException if the cluster did not say yes
   */
  DemoReport run(Consumer<LocalCluster> begun) throws IOException, InterruptedException {
    long start = pace.now();
    requireSpace();
    narrator.step("1/6 Three nodes start, and form a cluster");
    LocalCluster cluster = startNodes(begun);
    ClientOptions clientOptions =
        ClientOptions.of(cluster.endpoints()).withDeadline(options.limits().call());
    try (BalsaClient client = connect.apply(clientOptions);
        BalsaClient scout = connect.apply(clientOptions.withDeadline(SCOUT_DEADLINE))) {
      Scene scene = new Scene(cluster, client, scout, narrator, pace);
      form(scene);
      narrator.step("2/6 A folder is uploaded in one transaction, and becomes a version");
      FirstUpload.Uploaded uploaded = new FirstUpload(scene, options.input()).run();
      narrator.step("3/6 Every node gives it back, at every read level");
      ReadBack.Compared compared = new ReadBack(scene, options.input(), uploaded.revision()).run();
      List<Duration> gaps = kills(scene);
      narrator.step("6/6 The end");
      DemoReport report =
          new DemoReport(
              uploaded,
              compared,
              gaps,
              CatchUp.residentBytes(scout.cluster().status()),
              pace.since(start));
      narrator.say(report.memory());
      if (gaps.size() > 1) {
        narrator.say(
            String.format(
                "%d kills: writes went on after %d ms in the median, %d ms at most",
                gaps.size(), report.gapMedian().toMillis(), report.gapMax().toMillis()));
      }
      return report;
    }
  }

  private void requireSpace() throws IOException {
    long generated =
        (long) options.limits().generatedFiles() * options.limits().generatedFileBytes();
    long uploads = FolderScan.of(options.input()).bytes() + options.kills() * generated;
    long wanted = uploads * LocalCluster.NODES + generated + SPARE_BYTES;
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable < wanted) {
      throw new DemoFailed(
          folder
              + " has room for "
              + usable
              + " bytes, this needs about "
              + wanted
              + "; BALSA_JAVA_OPTS=-Djava.io.tmpdir=FOLDER takes another place");
    }
  }

  private LocalCluster startNodes(Consumer<LocalCluster> begun)
      throws IOException, InterruptedException {
    LocalCluster cluster = LocalCluster.start(folder, options.node(), connect, pace, begun);
    for (NodeProcess node : cluster.nodes()) {
      narrator.say(
          node.id() + " at " + node.endpoint() + ", process " + node.pid() + ", " + node.log());
    }
    return cluster;
  }

  private void form(Scene scene) {
    var formed =
        scene
            .client()
            .cluster()
            .init(scene.cluster().endpoints(), CHUNK_GROUPS, InitListener.NONE)
            .orElseThrow();
    narrator.say(
        "cluster " + formed.clusterId() + ": the catalog and " + CHUNK_GROUPS + " chunk groups");
  }

  private List<Duration> kills(Scene scene) throws IOException, InterruptedException {
    List<FoundFile> real = FolderScan.list(options.input(), FILES_MAX);
    var _ = scene.client().datasets().create(KillRound.DATASET, WriteOptions.DEFAULT).orElseThrow();
    List<Duration> gaps = new ArrayList<>();
    for (int round = 1; round <= options.kills(); round++) {
      String which = options.kills() == 1 ? "" : " (" + round + " of " + options.kills() + ")";
      narrator.step("4/6 The catalog's leader is killed in the middle of an upload" + which);
      Path uploads = folder.resolve("upload-" + round);
      KillRound.Survived survived =
          new KillRound(scene, round, uploads, options.limits()).run(real);
      gaps.add(survived.gap());
      LocalCluster.delete(uploads);
      narrator.step("5/6 " + survived.victim().id() + " starts again, and catches up" + which);
      new CatchUp(scene).run(survived.victim());
    }
    return gaps;
  }
}
