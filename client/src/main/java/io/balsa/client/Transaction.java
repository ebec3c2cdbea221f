package io.balsa.client;

import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.TransactionEntry;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import java.io.IOException;

/**
 * Changes that become visible together. What is staged is invisible until {@link #publish} makes
 * all of it visible at one revision. Thread-safe: many threads may stage at once, and publish or
 * abort when they are done.
 */
public interface Transaction extends AutoCloseable {
  /** Its id, unique in the cluster; {@link BalsaClient#attach} takes it, in any process. */
  long id();

  /** The dataset's name. */
  String dataset();

  /**
   * Stages one object; see {@link Objects#put}.
   *
   * @throws IOException if the source fails; nothing was staged
   */
  Result<Stored> put(String path, Source source, PutOptions options) throws IOException;

  /** Stages a delete. */
  Result<WriteReceipt> delete(String path, DeleteOptions options);

  /**
   * Stages a folder; see {@link Objects#uploadFolder}.
   *
   * @throws IOException if the folder cannot be walked; what was staged stays staged
   */
  UploadSummary uploadFolder(FolderUpload upload, UploadListener listener) throws IOException;

  /**
   * Makes everything that was staged visible. After an unknown outcome, call it again: it retries
   * under the same request id.
   */
  Result<WriteReceipt> publish(WriteOptions options);

  /** Drops everything that was staged. */
  Result<WriteReceipt> abort();

  /** Tells what the catalog knows of it. */
  Result<Read<TransactionEntry>> status(ReadOptions options);

  /**
   * Aborts a transaction that was begun here and neither published nor aborted. Does nothing after
   * a publish whose outcome is unknown, nor for an attached transaction.
   */
  @Override
  void close();
}
