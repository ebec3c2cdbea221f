package io.balsa.client.transfer;

import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.transfer.ChunkStore.Stowed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Sends the chunks of one object while it is read. The reading thread cuts and hashes; small
 * batches of chunks travel on threads of their own. Chunks in memory are bounded by their number
 * and by the budget. Used once, by one thread.
 */
final class ObjectUpload {
  /** Chunks that share a question to the catalog; more would delay the first of them. */
  private static final int BATCH_CHUNKS_MAX = 4;

  private static final int CHUNKS_MAX = 65_536;

  private final ChunkStore store;
  private final ByteBudget budget;
  private final ExecutorService executor;
  private final Semaphore transfers;
  private final List<Part> parts = new ArrayList<>();
  private final List<Future<Result<Stowed>>> batches = new ArrayList<>();
  private List<Piece> batch = new ArrayList<>();
  private int batchCapacity;
  private volatile boolean failed;

  /** A chunk of the object, and the batch that it travels in. */
  private record Part(Sha256 id, int length, int batch) {}

  ObjectUpload(
      ChunkStore store, ByteBudget budget, ExecutorService executor, int transfersInFlightMax) {
    this.store = store;
    this.budget = budget;
    this.executor = executor;
    this.transfers = new Semaphore(transfersInFlightMax);
  }

  /**
   * Reads to the end and sends what is missing. A yes means that all of it is stored.
   *
   * @throws IOException if the stream fails
   */
  Result<Commits.Content> run(Cutter cutter) throws IOException, InterruptedException {
    try {
      while (!cutter.isOver() && !failed) {
        if (parts.size() == CHUNKS_MAX) {
          return Result.no(
              Refusal.of(
                  RefusalCode.INVALID_ARGUMENT,
                  "TOO_LARGE",
                  "an object has at most " + CHUNKS_MAX + " chunks: use larger ones"));
        }
        add(cutter);
      }
      flush();
      return collect(cutter);
    } finally {
      // Batches on their way give back what they hold by themselves.
      budget.give(batchCapacity);
    }
  }

  private void add(Cutter cutter) throws IOException, InterruptedException {
    int capacity = cutter.nextCapacity();
    reserve(capacity);
    batchCapacity += capacity;
    Optional<Piece> piece = cutter.next();
    if (piece.isEmpty()) {
      transfers.release();
      return;
    }
    batch.add(piece.get());
    parts.add(new Part(piece.get().id(), piece.get().data().size(), batches.size()));
    if (batch.size() == BATCH_CHUNKS_MAX) {
      flush();
    }
  }

  /** Takes a transfer and its bytes. Sends what was gathered before it would have to wait. */
  private void reserve(int capacity) throws InterruptedException {
    if (!transfers.tryAcquire()) {
      flush();
      transfers.acquire();
    }
    boolean taken = budget.tryTake(capacity);
    try {
      if (!taken) {
        flush();
        budget.take(capacity);
        taken = true;
      }
    } finally {
      if (!taken) {
        transfers.release();
      }
    }
  }

  private void flush() {
    if (batch.isEmpty()) {
      return;
    }
    List<Piece> pieces = batch;
    int capacity = batchCapacity;
    batch = new ArrayList<>();
    batchCapacity = 0;
    batches.add(executor.submit(() -> send(pieces, capacity)));
  }

  private Result<Stowed> send(List<Piece> pieces, int capacity) throws InterruptedException {
    Result<Stowed> result = Result.no(Uploads.INTERRUPTED);
    try {
      result = store.stow(pieces);
      return result;
    } finally {
      if (!result.isYes()) {
        failed = true;
      }
      budget.give(capacity);
      transfers.release(pieces.size());
    }
  }

  private Result<Commits.Content> collect(Cutter cutter) throws InterruptedException {
    List<Stowed> stowed = new ArrayList<>();
    long sent = 0;
    for (Future<Result<Stowed>> pending : batches) {
      switch (ChunkStore.await(pending)) {
        case Result.Yes<Stowed>(Stowed some) -> {
          stowed.add(some);
          sent += some.bytesSent();
        }
        case Result.No<Stowed>(Refusal refusal) -> {
          return Result.no(refusal);
        }
        case Result.Unknown<Stowed>(var id, var why) -> {
          return Result.unknown(id, why);
        }
      }
    }
    List<ChunkPlacement> chunks =
        parts.stream()
            .map(part -> stowed.get(part.batch()).placement(part.id(), part.length()))
            .toList();
    return Result.yes(new Commits.Content(cutter.size(), cutter.digest(), chunks, sent));
  }
}
