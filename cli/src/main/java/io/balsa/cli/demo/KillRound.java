package io.balsa.cli.demo;

import io.balsa.cli.local.NodeProcess;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderPublish;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.cli.transfer.FoundFile;
import io.balsa.client.model.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Step 4: an upload goes on, small writes go on, and the leader of the catalog is killed in the
 * middle of both.
 *
 * @param number of the round, 1 and up
 * @param folder for what is uploaded
 */
record KillRound(Scene scene, int number, Path folder, DemoOptions.Limits limits) {
  static final String DATASET = "demo2";

  private static final int WRITES_AROUND = 20;
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  /**
   * What came of it.
   *
   * @param victim the node that was killed, and is down
   * @param gap from the signal to the first yes for a write that began after it
   */
  record Survived(NodeProcess victim, Duration gap) {}

  Survived run(List<FoundFile> real) throws IOException, InterruptedException {
    GeneratedFolder.write(folder, number, limits, real);
    FolderScan scan = FolderScan.of(folder);
    String prefix = "round-" + number + "/";
    NodeProcess victim = leader();
    KillSwitch killSwitch = new KillSwitch(victim, scene.pace(), scan.bytes());
    FolderPublish publish =
        new FolderPublish(scene.client(), DATASET, prefix + "upload/", Durability.MAJORITY);
    try (SteadyWriter writer =
            new SteadyWriter(scene.client(), DATASET, prefix + "small/", scene.pace().nanoTime());
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      writer.start();
      awaitWrites(writer, "small writes before the kill", Long.MIN_VALUE);
      scene
          .narrator()
          .say(
              String.format(
                  "%s leads the catalog; uploading %s files, %s, while small writes go on",
                  victim.id(), Amounts.count(scan.files()), Amounts.bytes(scan.bytes())));
      Future<FolderPublish.Published> upload = thread.submit(() -> publish.run(scan, killSwitch));
      try {
        Duration gap = watch(killSwitch, victim, writer, upload);
        FolderPublish.Published published = result(upload);
        scene
            .narrator()
            .say(
                String.format(
                    "the upload finished: %s files, %s",
                    Amounts.count(published.summary().files()), Text.receipt(published.receipt())));
        writer.stop();
        verify(prefix, scan, killSwitch, writer);
        return new Survived(victim, gap);
      } finally {
        var _ = upload.cancel(true);
      }
    }
  }

  private NodeProcess leader() throws IOException, InterruptedException {
    scene.await("a leader of the catalog", WAIT_MAX, () -> scene.catalogLeader().isPresent());
    return scene
        .cluster()
        .node(
            scene
                .catalogLeader()
                .orElseThrow(() -> new DemoFailed("the catalog's leader went away by itself")));
  }

  private void awaitWrites(SteadyWriter writer, String what, long afterNanos)
      throws IOException, InterruptedException {
    scene.await(
        what,
        WAIT_MAX,
        () -> {
          writer.check();
          return afterNanos == Long.MIN_VALUE
              ? writer.log().size() >= WRITES_AROUND
              : writer.log().countAfter(afterNanos) >= WRITES_AROUND;
        });
  }

  private Duration watch(
      KillSwitch killSwitch,
      NodeProcess victim,
      SteadyWriter writer,
      Future<FolderPublish.Published> upload)
      throws IOException, InterruptedException {
    scene.await(
        "the upload to come to its middle",
        WAIT_MAX,
        () -> killSwitch.killedNanos().isPresent() || upload.isDone());
    if (killSwitch.killedNanos().isEmpty()) {
      var _ = result(upload);
      throw new DemoFailed("the upload ended before the kill");
    }
    long killed = killSwitch.killedNanos().getAsLong();
    scene
        .narrator()
        .say(
            String.format(
                "SIGKILL to %s when %s were acknowledged",
                victim.id(), Amounts.bytes(killSwitch.killedAtBytes())));
    scene.await("another leader", WAIT_MAX, () -> successor(victim).isPresent());
    Duration seen = scene.pace().since(killed);
    scene
        .narrator()
        .say(
            String.format(
                "%s took over (seen %s after the kill)",
                successor(victim).orElse("nobody"), Amounts.duration(seen)));
    awaitWrites(writer, "small writes after the kill", killed);
    Duration gap =
        writer.log().gapAfter(killed).orElseThrow(() -> new DemoFailed("no write went on"));
    scene
        .narrator()
        .say(
            String.format(
                "writes went on %d ms after the kill (the first that began after it was"
                    + " acknowledged)",
                gap.toMillis()));
    return gap;
  }

  private Optional<String> successor(NodeProcess victim) {
    return scene.catalogLeader().filter(id -> !id.equals(victim.id()));
  }

  private static FolderPublish.Published result(Future<FolderPublish.Published> upload)
      throws IOException, InterruptedException {
    try {
      return upload.get();
    } catch (ExecutionException e) {
      throw new IOException("the upload failed: " + e.getCause(), e.getCause());
    }
  }

  private void verify(String prefix, FolderScan scan, KillSwitch killSwitch, SteadyWriter writer)
      throws IOException, InterruptedException {
    long begun = scene.pace().now();
    Verification verification = new Verification(scene, DATASET);
    long uploaded =
        verification.files(prefix + "upload/", scan.folder(), killSwitch.acknowledged());
    long small = verification.writes(writer.log().writes());
    scene
        .narrator()
        .say(
            String.format(
                "all %s acknowledged objects are there with the right digest: %s of the upload,"
                    + " %s small (read in %s; %s small writes were not acknowledged)",
                Amounts.count(uploaded + small),
                Amounts.count(uploaded),
                Amounts.count(small),
                Amounts.duration(scene.pace().since(begun)),
                Amounts.count(writer.notAcknowledged())));
  }
}
