package io.balsa.client.transfer;

import com.google.protobuf.ByteString;
import io.balsa.client.model.ByteRange;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Fetches an object's chunks in parallel and writes them in order. The window is bounded in chunks
 * and, with all other downloads, in bytes. Used once, by one thread.
 */
final class ChunkWindow {
  private final Fetcher fetcher;
  private final ByteBudget budget;
  private final int chunksMax;
  private final ByteString head;
  private final Deque<Fetch> window = new ArrayDeque<>();

  /** Starts to fetch a whole chunk, checked against its name. */
  @FunctionalInterface
  interface Fetcher {
    Future<Result<ByteString>> fetch(ChunkPlacement chunk);
  }

  /** The part of a chunk that is wanted; {@code at} is its place in the range. */
  private record Slice(ChunkPlacement chunk, int from, int to, long at) {
    boolean isWhole() {
      return to - from == chunk.length();
    }
  }

  private record Fetch(Slice slice, Future<Result<ByteString>> bytes) {}

  /**
   * A window.
   *
   * @param head the first bytes of the range, as an unchecked answer brought them: chunks that they
   *     hold whole, and right, are not fetched again
   */
  ChunkWindow(Fetcher fetcher, ByteBudget budget, int chunksMax, ByteString head) {
    this.fetcher = fetcher;
    this.budget = budget;
    this.chunksMax = chunksMax;
    this.head = head;
  }

  /**
   * Copies a range of an object.
   *
   * @return the bytes written
   * @throws IOException if {@code to} fails
   */
  Result<Long> copy(ObjectLayout layout, ByteRange range, OutputStream to)
      throws IOException, InterruptedException {
    List<Slice> slices = slices(layout.chunks(), range);
    boolean whole = slices.size() == layout.chunks().size() && isWhole(slices);
    MessageDigest digest = Sha256.newDigest();
    long written = 0;
    int next = 0;
    try {
      while (next < slices.size() || !window.isEmpty()) {
        while (next < slices.size() && mayFetch(slices.get(next))) {
          fetch(slices.get(next++));
        }
        Fetch first = window.getFirst();
        Result<ByteString> fetched = ChunkStore.await(first.bytes());
        if (!(fetched instanceof Result.Yes<ByteString>(ByteString bytes))) {
          return fetched.map(none -> 0L);
        }
        ByteString part = bytes.substring(first.slice().from(), first.slice().to());
        if (whole) {
          for (ByteBuffer buffer : part.asReadOnlyByteBufferList()) {
            digest.update(buffer);
          }
        }
        part.writeTo(to);
        written += part.size();
        window.removeFirst();
        budget.give(first.slice().chunk().length());
      }
      return whole ? checked(layout.object(), digest, written) : Result.yes(written);
    } finally {
      abandon();
    }
  }

  /** Waits for bytes only while it holds none: others that hold some need nothing from it. */
  private boolean mayFetch(Slice slice) throws InterruptedException {
    if (window.isEmpty()) {
      budget.take(slice.chunk().length());
      return true;
    }
    return window.size() < chunksMax && budget.tryTake(slice.chunk().length());
  }

  private void fetch(Slice slice) {
    Future<Result<ByteString>> bytes =
        fromHead(slice)
            .<Future<Result<ByteString>>>map(
                found -> CompletableFuture.completedFuture(Result.yes(found)))
            .orElseGet(() -> fetcher.fetch(slice.chunk()));
    window.addLast(new Fetch(slice, bytes));
  }

  private Optional<ByteString> fromHead(Slice slice) {
    long end = slice.at() + slice.chunk().length();
    if (!slice.isWhole() || end > head.size()) {
      return Optional.empty();
    }
    ByteString bytes = head.substring((int) slice.at(), (int) end);
    return ChunkStore.hash(bytes).equals(slice.chunk().id())
        ? Optional.of(bytes)
        : Optional.empty();
  }

  private void abandon() {
    for (Fetch fetch : window) {
      fetch.bytes().cancel(true);
      budget.give(fetch.slice().chunk().length());
    }
  }

  private static Result<Long> checked(ObjectStat object, MessageDigest digest, long written) {
    Refusal corrupt = Downloads.corrupt(object);
    return Sha256.fromBytes(digest.digest()).equals(object.digest())
        ? Result.yes(written)
        : Result.no(corrupt);
  }

  private static boolean isWhole(List<Slice> slices) {
    return slices.stream().allMatch(Slice::isWhole);
  }

  private static List<Slice> slices(List<ChunkPlacement> chunks, ByteRange range) {
    List<Slice> slices = new ArrayList<>();
    boolean toTheEnd = range.length() == 0 || range.length() > Long.MAX_VALUE - range.offset();
    long end = toTheEnd ? Long.MAX_VALUE : range.offset() + range.length();
    long start = 0;
    for (ChunkPlacement chunk : chunks) {
      long from = Math.max(range.offset(), start);
      long to = Math.min(end, start + chunk.length());
      if (from < to) {
        slices.add(
            new Slice(chunk, (int) (from - start), (int) (to - start), from - range.offset()));
      }
      start += chunk.length();
    }
    return slices;
  }
}
