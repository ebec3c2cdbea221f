package io.balsa.cli.transfer;

import io.balsa.client.BalsaClient;
import io.balsa.client.Transaction;
import io.balsa.client.model.BeginOptions;
import io.balsa.client.model.Durability;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Uploads a folder in one transaction and publishes it: everything becomes visible at one revision,
 * or nothing. Thread-safe.
 *
 * @param client of the cluster
 * @param dataset the dataset's name
 * @param prefix stands before each path; empty or ending with '/'
 * @param durability what each acknowledgement must prove
 */
public record FolderPublish(
    BalsaClient client, String dataset, String prefix, Durability durability) {
  /** A publish whose outcome is unknown is asked again so often, each time for a whole deadline. */
  private static final int PUBLISHES_MAX = 3;

  /**
   * It is published.
   *
   * @param receipt of the publish
   * @param summary of the upload
   * @param transaction the transaction's id
   */
  public record Published(WriteReceipt receipt, UploadSummary summary, long transaction) {}

  /** Some files could not be uploaded, so nothing was published. */
  public static final class Incomplete extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient UploadSummary summary;
    private final transient Optional<Refusal> first;

    Incomplete(UploadSummary summary, Optional<Refusal> first) {
      super(
          summary.refused()
              + summary.unknown()
              + " files could not be uploaded, so nothing was published; the first: "
              + summary.problems().stream().findFirst().orElse("untold"));
      this.summary = summary;
      this.first = first;
    }

    /** What the upload came to. */
    public UploadSummary summary() {
      return summary;
    }

    /** The first refusal of a file; empty where there were only unknown outcomes. */
    public Optional<Refusal> first() {
      return first;
    }
  }

  /** The publish may have happened: the same publish with the same request id settles it. */
  public static final class PublishUnknown extends IOException {
    private static final long serialVersionUID = 1L;

    private final String dataset;
    private final long transaction;
    private final String requestId;

    PublishUnknown(Transaction transaction, Result.Unknown<WriteReceipt> outcome) {
      super(
          "nobody knows whether transaction "
              + transaction.id()
              + " is published: "
              + outcome.why());
      this.dataset = transaction.dataset();
      this.transaction = transaction.id();
      this.requestId = outcome.requestId();
    }

    /** The dataset's name. */
    public String dataset() {
      return dataset;
    }

    /** The transaction's id. */
    public long transaction() {
      return transaction;
    }

    /** The id to retry with. */
    public String requestId() {
      return requestId;
    }
  }

  /**
   * Uploads and publishes.
   *
   * @throws Incomplete some files could not be uploaded; nothing is published
   * @throws PublishUnknown the upload is complete, and it may be published
   * @throws IOException the folder cannot be read; nothing is published
   * @throws io.balsa.client.model.BalsaException the transaction could not begin, or the publish
   *     was refused; nothing is published
   */
  public Published run(FolderScan scan, UploadListener listener)
      throws IOException, InterruptedException {
    FirstRefusal first = new FirstRefusal(listener);
    try (Transaction transaction = client.begin(dataset, BeginOptions.DEFAULT).orElseThrow()) {
      UploadSummary summary = new FolderSend(scan, prefix, durability, first).stage(transaction);
      if (!summary.isComplete()) {
        throw new Incomplete(summary, Optional.ofNullable(first.refusal.get()));
      }
      WriteOptions options = WriteOptions.DEFAULT.withDurability(durability);
      return new Published(publish(transaction, options), summary, transaction.id());
    }
  }

  /**
   * Publishes a transaction; asks again while the outcome is unknown.
   *
   * @throws PublishUnknown it may be published
   * @throws io.balsa.client.model.RefusedException it is not published
   */
  public static WriteReceipt publish(Transaction transaction, WriteOptions options)
      throws PublishUnknown {
    Result<WriteReceipt> outcome = transaction.publish(options);
    for (int i = 1; i < PUBLISHES_MAX && outcome instanceof Result.Unknown; i++) {
      outcome = transaction.publish(options);
    }
    if (outcome instanceof Result.Unknown<WriteReceipt> unknown) {
      throw new PublishUnknown(transaction, unknown);
    }
    return outcome.orElseThrow();
  }

  /** Remembers why the first file was refused. */
  private static final class FirstRefusal implements UploadListener {
    private final UploadListener to;
    private final AtomicReference<@Nullable Refusal> refusal = new AtomicReference<>();

    FirstRefusal(UploadListener to) {
      this.to = to;
    }

    @Override
    public void acknowledged(String path, Stored stored) {
      to.acknowledged(path, stored);
    }

    @Override
    public void refused(String path, Refusal why) {
      refusal.compareAndSet(null, why);
      to.refused(path, why);
    }

    @Override
    public void unknown(String path, Result.Unknown<Stored> outcome) {
      to.unknown(path, outcome);
    }
  }
}
