package io.balsa.cli.transfer;

import io.balsa.client.Transaction;
import io.balsa.client.model.Durability;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Stages a folder in a transaction: its regular files by the SDK's folder upload, in which small
 * files share requests; then the files that are reached through links, which that does not follow.
 * Used once, by one thread.
 */
public final class FolderSend {
  private static final int LANES = 8;
  private static final int PROBLEMS_MAX = 100;

  private final FolderScan scan;
  private final String prefix;
  private final Durability durability;
  private final Relay relay;

  /**
   * A folder to send.
   *
   * @param prefix stands before each path; empty or ending with '/'
   * @param durability what each acknowledgement must prove
   * @param listener is told of each file, one call at a time
   */
  public FolderSend(
      FolderScan scan, String prefix, Durability durability, UploadListener listener) {
    this.scan = scan;
    this.prefix = prefix;
    this.durability = durability;
    this.relay = new Relay(listener);
  }

  /**
   * Stages everything.
   *
   * @return what it came to; whoever publishes checks that it is complete
   * @throws IOException if the folder cannot be walked; what was staged stays staged
   */
  public UploadSummary stage(Transaction transaction) throws IOException, InterruptedException {
    FolderUpload upload = new FolderUpload(scan.folder(), prefix, OptionalLong.empty(), durability);
    UploadSummary regular = transaction.uploadFolder(upload, relay);
    UploadSummary linked = stageLinked(transaction);
    return sum(regular, linked);
  }

  private UploadSummary stageLinked(Transaction transaction)
      throws IOException, InterruptedException {
    Tally tally = new Tally();
    PutOptions options = PutOptions.DEFAULT.with(WriteOptions.DEFAULT.withDurability(durability));
    try (Lanes lanes = new Lanes("balsa-linked", LANES)) {
      for (FoundFile file : scan.linked()) {
        lanes.begin(
            () -> {
              String path = prefix + file.path();
              tally.add(path, transaction.put(path, Source.of(file.file()), options), relay);
            });
      }
      lanes.join();
    }
    return tally.summary();
  }

  private static UploadSummary sum(UploadSummary a, UploadSummary b) {
    List<String> problems = new ArrayList<>(a.problems());
    b.problems().stream().limit(PROBLEMS_MAX - problems.size()).forEach(problems::add);
    return new UploadSummary(
        a.files() + b.files(),
        a.bytes() + b.bytes(),
        a.bytesSent() + b.bytesSent(),
        a.refused() + b.refused(),
        a.unknown() + b.unknown(),
        problems);
  }

  /** Adds up outcomes. Thread-safe. */
  private static final class Tally {
    private long files;
    private long bytes;
    private long bytesSent;
    private long refused;
    private long unknown;
    private final List<String> problems = new ArrayList<>();

    synchronized void add(String path, Result<Stored> outcome, UploadListener listener) {
      switch (outcome) {
        case Result.Yes<Stored>(Stored stored) -> {
          files++;
          bytes += stored.size();
          bytesSent += stored.bytesSent();
          listener.acknowledged(path, stored);
        }
        case Result.No<Stored>(Refusal refusal) -> {
          refused++;
          problem(path + ": " + refusal);
          listener.refused(path, refusal);
        }
        case Result.Unknown<Stored> lost -> {
          unknown++;
          problem(path + ": outcome unknown: " + lost.why());
          listener.unknown(path, lost);
        }
      }
    }

    private void problem(String line) {
      if (problems.size() < PROBLEMS_MAX) {
        problems.add(line);
      }
    }

    synchronized UploadSummary summary() {
      return new UploadSummary(files, bytes, bytesSent, refused, unknown, problems);
    }
  }

  /** Keeps the calls one at a time, whichever part of the upload they come from. */
  private record Relay(UploadListener to) implements UploadListener {
    @Override
    public synchronized void acknowledged(String path, Stored stored) {
      to.acknowledged(path, stored);
    }

    @Override
    public synchronized void refused(String path, Refusal refusal) {
      to.refused(path, refusal);
    }

    @Override
    public synchronized void unknown(String path, Result.Unknown<Stored> outcome) {
      to.unknown(path, outcome);
    }
  }
}
