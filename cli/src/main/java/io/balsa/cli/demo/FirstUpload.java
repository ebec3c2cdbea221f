package io.balsa.cli.demo;

import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderPublish;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.cli.transfer.SealWait;
import io.balsa.client.BalsaClient;
import io.balsa.client.model.Durability;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Step 2: a folder becomes a version. */
record FirstUpload(Scene scene, Path input) {
  static final String DATASET = "demo";
  static final String VERSION = "v1";

  private static final Duration SEAL_MAX = Duration.ofSeconds(60);

  /**
   * What came of it.
   *
   * @param files how many
   * @param bytes bytes of those
   * @param took from the begin of the transaction to its publish
   * @param revision of the publish
   * @param version with its digest
   */
  record Uploaded(long files, long bytes, Duration took, long revision, VersionEntry version) {}

  Uploaded run() throws IOException, InterruptedException {
    FolderScan scan = FolderScan.of(input);
    if (scan.files() == 0) {
      throw new DemoFailed(input + " has no files");
    }
    Narrator narrator = scene.narrator();
    narrator.say(
        String.format(
            "%s: %s files, %s (%s of them links to files, followed; %s others skipped)",
            input,
            Amounts.count(scan.files()),
            Amounts.bytes(scan.bytes()),
            Amounts.count(scan.linked().size()),
            Amounts.count(scan.skipped())));
    BalsaClient client = scene.client();
    var _ = client.datasets().create(DATASET, WriteOptions.DEFAULT).orElseThrow();
    FolderPublish publish = new FolderPublish(client, DATASET, "", Durability.MAJORITY);
    long begun = scene.pace().now();
    FolderPublish.Published published;
    Progress.Goal goal = Progress.Goal.of("upload", scan.files(), scan.bytes());
    try (Progress progress = narrator.progress(goal)) {
      published = publish.run(scan, new Shown(progress));
    }
    Duration took = scene.pace().since(begun);
    tell(published, took);
    long revision = published.receipt().revision();
    VersionEntry version = name(revision);
    return new Uploaded(scan.files(), scan.bytes(), took, revision, version);
  }

  private void tell(FolderPublish.Published published, Duration took) {
    long files = published.summary().files();
    long bytes = published.summary().bytes();
    scene
        .narrator()
        .say(
            String.format(
                "uploaded in %s: %s files/s, %s (%s sent, the rest was there already)",
                Amounts.duration(took),
                Amounts.count(Math.round(Amounts.perSecond(files, took))),
                Amounts.rate(bytes, took),
                Amounts.bytes(published.summary().bytesSent())));
    scene.narrator().say("published at once: " + Text.receipt(published.receipt()));
  }

  private VersionEntry name(long revision) throws DemoFailed, InterruptedException {
    NewVersion wanted =
        new NewVersion(DATASET, VERSION, revision, "what the demo began with", List.of());
    VersionEntry created =
        scene.client().versions().create(wanted, WriteOptions.DEFAULT).orElseThrow().version();
    long begun = scene.pace().now();
    VersionEntry version =
        new SealWait(scene.client().versions(), scene.pace().nanoTime()).await(created, SEAL_MAX);
    VersionEntry.Seal seal =
        version
            .seal()
            .orElseThrow(
                () -> new DemoFailed("no digest of v1 within " + SEAL_MAX.toSeconds() + " s"));
    scene
        .narrator()
        .say(
            String.format(
                "balsa://%s@%s: %s objects, %s, sealed after %s",
                DATASET,
                VERSION,
                Amounts.count(seal.objects()),
                Amounts.bytes(seal.bytes()),
                Amounts.duration(scene.pace().since(begun))));
    scene.narrator().say("digest " + seal.digest());
    return version;
  }

  /** Shows each acknowledged file. */
  private record Shown(Progress progress) implements UploadListener {
    @Override
    public void acknowledged(String path, Stored stored) {
      progress.advance(1, stored.size());
    }
  }
}
