package io.balsa.client.transfer;

import io.balsa.api.v1.ObjectChange;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.transfer.ChunkStore.Stowed;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/**
 * Uploads a folder: the caller walks, readers hash, small files share requests for their chunks,
 * and all share commits. Files under way, open files, bytes and requests are bounded, whatever the
 * folder's size. Used once.
 */
final class FolderTransfer {
  private static final int FILES_UNDER_WAY_MAX = 8_192;
  private static final int READERS_MAX = 32;
  private static final int COMMIT_CHANGES_MAX = 500;
  private static final long COMMIT_BYTES_MAX = 1 << 20;
  private static final int COMMITS_IN_FLIGHT_MAX = 4;
  // Three full requests: by default there are three groups for the chunks to go to.
  private static final long BATCH_BYTES_MAX = 3L * ChunkStore.REQUEST_BYTES_MAX;
  private static final long CHANGE_BASE_BYTES = 256;
  private static final long CHANGE_CHUNK_BYTES = 64;

  private final Uploads uploads;
  private final Target target;
  private final FolderUpload upload;
  private final Progress progress;
  private final Semaphore filesUnderWay = new Semaphore(FILES_UNDER_WAY_MAX);
  private final Semaphore readers = new Semaphore(READERS_MAX);
  private final Batcher<SmallFile> chunks;
  private final Batcher<Ready> commits;

  /** A file on its way; {@code tries} counts from 1. */
  private record Item(Path file, String path, int tries) {}

  /** A file of one chunk, in memory; {@code capacity} is what it took from the budget. */
  private record SmallFile(Item item, Piece piece, int capacity) {}

  /** A file whose chunks are stored. */
  private record Ready(Item item, String requestId, Commits.Content content) {}

  FolderTransfer(Uploads uploads, Target target, FolderUpload upload, Progress progress) {
    this.uploads = uploads;
    this.target = target;
    this.upload = upload;
    this.progress = progress;
    this.chunks =
        new Batcher<>(
            new Batcher.Bounds(
                ChunkStore.REQUEST_CHUNKS_MAX,
                BATCH_BYTES_MAX,
                uploads.options().transfersInFlightMax()),
            file -> file.piece().data().size(),
            this::stow,
            uploads.executor());
    this.commits =
        new Batcher<>(
            new Batcher.Bounds(COMMIT_CHANGES_MAX, COMMIT_BYTES_MAX, COMMITS_IN_FLIGHT_MAX),
            FolderTransfer::weight,
            this::commit,
            uploads.executor());
  }

  UploadSummary run() throws IOException {
    try (Stream<Path> walk = Files.walk(upload.folder())) {
      Iterator<Path> paths = walk.iterator();
      while (paths.hasNext()) {
        Path path = paths.next();
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          filesUnderWay.acquire();
          launch(new Item(path, name(path), 1));
        }
      }
      filesUnderWay.acquire(FILES_UNDER_WAY_MAX);
      return progress.summary();
    } catch (UncheckedIOException e) {
      filesUnderWay.acquireUninterruptibly(FILES_UNDER_WAY_MAX);
      throw e.getCause();
    } catch (InterruptedException e) {
      filesUnderWay.acquireUninterruptibly(FILES_UNDER_WAY_MAX);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while uploading " + upload.folder());
    }
  }

  private String name(Path file) {
    String relative = upload.folder().relativize(file).toString();
    return upload.prefix() + relative.replace(File.separatorChar, '/');
  }

  private void launch(Item item) {
    uploads.executor().execute(() -> read(item));
  }

  private void settle(Item item, Result<Stored> result) {
    if (item.tries() < Uploads.TRIES_MAX && Uploads.isChunkGone(result)) {
      launch(new Item(item.file(), item.path(), item.tries() + 1));
      return;
    }
    try {
      progress.settled(item.path(), result);
    } finally {
      filesUnderWay.release();
    }
  }

  private void read(Item item) {
    try {
      readers.acquire();
      try {
        readOpen(item);
      } finally {
        readers.release();
      }
    } catch (IOException | RuntimeException e) {
      // Whatever it is, the file must be settled, or the upload would wait for it for ever.
      settle(item, Result.no(Refusal.of(RefusalCode.ABORTED, "", "cannot read it: " + e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      settle(item, Result.no(Uploads.INTERRUPTED));
    }
  }

  private void readOpen(Item item) throws IOException, InterruptedException {
    long size = Files.size(item.file());
    int chunkBytes = uploads.options().chunkBytes();
    if (size > 0 && size <= chunkBytes) {
      Optional<SmallFile> small = readSmall(item, size);
      if (small.isPresent()) {
        chunks.add(small.get());
        return;
      }
    }
    try (InputStream in = Files.newInputStream(item.file())) {
      switch (uploads.send(new Cutter(in, chunkBytes, OptionalLong.of(size)))) {
        case Result.Yes<Commits.Content>(var content) -> {
          progress.sent(content.bytesSent());
          commits.add(new Ready(item, uploads.freshId(), content));
        }
        case Result.No<Commits.Content>(var refusal) -> settle(item, Result.no(refusal));
        case Result.Unknown<Commits.Content>(var id, var why) ->
            settle(item, Result.unknown(id, why));
      }
    }
  }

  /** Reads a file of one chunk; empty where it grew beyond that or became empty meanwhile. */
  private Optional<SmallFile> readSmall(Item item, long size)
      throws IOException, InterruptedException {
    try (InputStream in = Files.newInputStream(item.file())) {
      Cutter cutter = new Cutter(in, uploads.options().chunkBytes(), OptionalLong.of(size));
      int capacity = cutter.nextCapacity();
      uploads.budget().take(capacity);
      boolean kept = false;
      try {
        Optional<Piece> piece = cutter.next();
        kept = piece.isPresent() && cutter.isOver();
        return kept ? Optional.of(new SmallFile(item, piece.get(), capacity)) : Optional.empty();
      } finally {
        if (!kept) {
          uploads.budget().give(capacity);
        }
      }
    }
  }

  private void stow(List<SmallFile> batch) {
    Result<Stowed> result = Result.no(Uploads.INTERRUPTED);
    try {
      result = uploads.store().stow(batch.stream().map(SmallFile::piece).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      batch.forEach(file -> uploads.budget().give(file.capacity()));
    }
    switch (result) {
      case Result.Yes<Stowed>(Stowed stowed) -> {
        progress.sent(stowed.bytesSent());
        batch.forEach(file -> ready(file, stowed));
      }
      case Result.No<Stowed>(var refusal) ->
          batch.forEach(file -> settle(file.item(), Result.no(refusal)));
      case Result.Unknown<Stowed>(var id, var why) ->
          batch.forEach(file -> settle(file.item(), Result.unknown(id, why)));
    }
  }

  private void ready(SmallFile file, Stowed stowed) {
    Piece piece = file.piece();
    int length = piece.data().size();
    var placement = stowed.placement(piece.id(), length);
    var content = new Commits.Content(length, piece.id(), List.of(placement), 0);
    try {
      commits.add(new Ready(file.item(), uploads.freshId(), content));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      settle(file.item(), Result.no(Uploads.INTERRUPTED));
    }
  }

  private static long weight(Ready ready) {
    return CHANGE_BASE_BYTES
        + ready.item().path().length()
        + CHANGE_CHUNK_BYTES * ready.content().chunks().size();
  }

  private void commit(List<Ready> batch) {
    List<ObjectChange> changes =
        batch.stream()
            .map(
                file ->
                    Commits.put(
                        file.requestId(), file.item().path(), file.content(), PutOptions.DEFAULT))
            .toList();
    List<Result<WriteReceipt>> results =
        uploads.commits().commit(target, upload.epoch(), upload.durability(), changes);
    for (int i = 0; i < batch.size(); i++) {
      Commits.Content content = batch.get(i).content();
      settle(
          batch.get(i).item(),
          results
              .get(i)
              .map(
                  receipt ->
                      new Stored(receipt, content.size(), content.digest(), content.bytesSent())));
    }
  }
}
