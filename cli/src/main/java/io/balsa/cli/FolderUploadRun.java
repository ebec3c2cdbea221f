package io.balsa.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.cli.render.Amounts;
import io.balsa.cli.render.Json;
import io.balsa.cli.render.Output;
import io.balsa.cli.render.Progress;
import io.balsa.cli.render.Text;
import io.balsa.cli.transfer.FolderPublish;
import io.balsa.cli.transfer.FolderScan;
import io.balsa.client.model.Durability;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Uploads and publishes a folder, and shows how far it is.
 *
 * @param session of the verb
 * @param durability what each acknowledgement must prove
 */
record FolderUploadRun(Session session, Durability durability) {

  /**
   * What was done.
   *
   * @param to where it is now
   * @param scan what was found in the folder
   * @param published the publish
   * @param took how long
   */
  record Done(Address to, FolderScan scan, FolderPublish.Published published, Duration took) {
    /** As the whole answer. */
    void print(Output output) {
      output.answer(this::json, this::lines);
    }

    /** As JSON. */
    ObjectNode json() {
      ObjectNode json = Json.object().put("address", to.toString());
      json.setAll(Json.upload(published.summary()));
      json.put("skipped", scan.skipped())
          .put("took_ms", took.toMillis())
          .put("transaction", published.transaction());
      return json.set("receipt", Json.receipt(published.receipt()));
    }

    /** For people. */
    List<String> lines() {
      long files = published.summary().files();
      long bytes = published.summary().bytes();
      return List.of(
          String.format(
              java.util.Locale.ROOT,
              "%s files, %s (%s sent) in %s: %s files/s, %s",
              Amounts.count(files),
              Amounts.bytes(bytes),
              Amounts.bytes(published.summary().bytesSent()),
              Amounts.duration(took),
              Amounts.count(Math.round(Amounts.perSecond(files, took))),
              Amounts.rate(bytes, took)),
          "published " + to + ": " + Text.receipt(published.receipt()));
    }
  }

  /**
   * Uploads and publishes.
   *
   * @throws IOException as {@link FolderPublish#run} tells
   */
  Done run(Path folder, Address to) throws IOException, InterruptedException {
    if (Files.isRegularFile(folder)) {
      throw VerbFailed.usage(folder + " is a file, want a folder");
    }
    FolderScan scan = FolderScan.of(folder);
    if (scan.skipped() > 0) {
      session.output().note("skipping " + Amounts.count(scan.skipped()) + " that are no files");
      scan.notes().forEach(note -> session.output().note("  " + note));
    }
    FolderPublish publish =
        new FolderPublish(session.client(), to.dataset(), to.prefix(), durability);
    long begun = session.surroundings().nanoTime().getAsLong();
    FolderPublish.Published published;
    Progress.Goal goal = Progress.Goal.of("upload", scan.files(), scan.bytes());
    try (Progress progress = session.progress(goal)) {
      published = publish.run(scan, new Shown(progress));
    }
    long ended = session.surroundings().nanoTime().getAsLong();
    return new Done(to, scan, published, Duration.ofNanos(ended - begun));
  }

  /** Shows each acknowledged file. */
  private record Shown(Progress progress) implements UploadListener {
    @Override
    public void acknowledged(String path, Stored stored) {
      progress.advance(1, stored.size());
    }
  }
}
