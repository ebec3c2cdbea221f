package io.balsa.client.transfer;

import io.balsa.api.v1.ObjectChange;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.routing.Router;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** Puts objects. Thread-safe; all uploads of a client share its budget of bytes. */
public final class Uploads {
  static final Refusal INTERRUPTED =
      Refusal.of(RefusalCode.CANCELLED, "", "the caller was interrupted");

  /** Tries of an object whose chunks were collected between their upload and the commit. */
  static final int TRIES_MAX = 8;

  private final ClientOptions options;
  private final ExecutorService executor;
  private final Supplier<String> freshIds;
  private final ChunkStore store;
  private final Commits commits;
  private final ByteBudget budget;

  /**
   * Uploads over a router.
   *
   * @param executor starts a virtual thread for each task; owned by the caller
   * @param freshIds makes request ids; used by several threads at once
   */
  public Uploads(
      ClientOptions options, Router router, ExecutorService executor, Supplier<String> freshIds) {
    this.options = options;
    this.executor = executor;
    this.freshIds = freshIds;
    this.store = new ChunkStore(router, executor);
    this.commits = new Commits(router);
    this.budget = new ByteBudget(options.transferBytesInFlightMax());
  }

  /**
   * Puts one object. The reading of the source happens on the calling thread.
   *
   * @throws IOException if the source fails; nothing was committed
   */
  public Result<Stored> put(Target target, String path, Source source, PutOptions put)
      throws IOException {
    String requestId = put.write().requestId().orElseGet(freshIds);
    for (int tries = 1; ; tries++) {
      Result<Stored> result = putOnce(target, path, source, new Named(requestId, put));
      boolean again = tries < TRIES_MAX && source.reopens() && isChunkGone(result);
      if (!again) {
        return result;
      }
      // The refusal is remembered under the old id; it says that nothing happened, so a new id is
      // as good.
      requestId = freshIds.get();
    }
  }

  private record Named(String requestId, PutOptions put) {}

  /** True where the object was refused only because a chunk was collected meanwhile. */
  static boolean isChunkGone(Result<Stored> result) {
    return result instanceof Result.No<Stored>(Refusal refusal)
        && (refusal.is("CHUNK_MISSING") || refusal.is("CONDEMNED"));
  }

  private Result<Stored> putOnce(Target target, String path, Source source, Named named)
      throws IOException {
    Result<Commits.Content> content;
    try {
      content = send(source);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Result.no(INTERRUPTED);
    }
    return content.then(
        sent -> {
          PutOptions put = named.put();
          ObjectChange change = Commits.put(named.requestId(), path, sent, put);
          return commits
              .commit(target, put.epoch(), put.write().durability(), List.of(change))
              .getFirst()
              .map(receipt -> new Stored(receipt, sent.size(), sent.digest(), sent.bytesSent()));
        });
  }

  private Result<Commits.Content> send(Source source) throws IOException, InterruptedException {
    try (InputStream in = source.open()) {
      return send(new Cutter(in, options.chunkBytes(), source.size()));
    }
  }

  Result<Commits.Content> send(Cutter cutter) throws IOException, InterruptedException {
    return new ObjectUpload(store, budget, executor, options.transfersInFlightMax()).run(cutter);
  }

  /**
   * Uploads a folder.
   *
   * @throws IOException if it cannot be walked, or the caller is interrupted
   */
  public UploadSummary folder(Target target, FolderUpload upload, UploadListener listener)
      throws IOException {
    return new FolderTransfer(this, target, upload, new Progress(listener)).run();
  }

  ClientOptions options() {
    return options;
  }

  ExecutorService executor() {
    return executor;
  }

  String freshId() {
    return freshIds.get();
  }

  ChunkStore store() {
    return store;
  }

  Commits commits() {
    return commits;
  }

  ByteBudget budget() {
    return budget;
  }
}
