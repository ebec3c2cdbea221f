package io.balsa.client.transfer;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.client.model.ByteRange;
import io.balsa.client.model.ClientOptions;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * Gets objects: small ones in one call, large ones chunk by chunk in parallel. Every byte of a
 * whole object is checked before it is written. Thread-safe.
 */
public final class Downloads {
  /** Chunks up to which an object is got in one call. */
  private static final int DIRECT_CHUNKS_MAX = 2;

  private static final long FRAME_SLACK_BYTES = 4 << 20;

  private final ClientOptions options;
  private final Router router;
  private final ExecutorService executor;
  private final ChunkStore store;
  private final ByteBudget budget;

  /**
   * Downloads over a router.
   *
   * @param executor starts a virtual thread for each task; owned by the caller
   */
  public Downloads(ClientOptions options, Router router, ExecutorService executor) {
    this.options = options;
    this.router = router;
    this.executor = executor;
    this.store = new ChunkStore(router, executor);
    this.budget = new ByteBudget(options.transferBytesInFlightMax());
  }

  /** What one call brought: all bytes that are wanted, or the first of them, unchecked. */
  private record Direct(Read<ObjectStat> read, boolean complete, ByteString bytes) {}

  /**
   * Gets an object or a range of it; a call holds at most two chunks beside the budget.
   *
   * @param to receives the bytes in order from the calling thread
   * @throws IOException if {@code to} fails
   */
  public Result<Read<ObjectStat>> get(String dataset, String path, GetOptions get, OutputStream to)
      throws IOException {
    Result<Direct> direct = direct(dataset, path, get);
    if (!(direct instanceof Result.Yes<Direct>(Direct brought))) {
      return direct.map(Direct::read);
    }
    if (brought.complete()) {
      brought.bytes().writeTo(to);
      return Result.yes(brought.read());
    }
    Result<Read<ObjectLayout>> layout = layout(dataset, path, get.snapshot(), get.read());
    if (!(layout instanceof Result.Yes<Read<ObjectLayout>>(var found))) {
      return layout.map(read -> new Read<>(read.value().object(), read.receipt()));
    }
    try {
      ChunkWindow.Fetcher fetcher =
          chunk -> executor.submit(() -> store.fetch(chunk, Aim.of(get.read())));
      var window =
          new ChunkWindow(fetcher, budget, options.transfersInFlightMax(), brought.bytes());
      return window
          .copy(found.value(), get.range(), to)
          .map(done -> new Read<>(found.value().object(), found.receipt()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Result.no(Uploads.INTERRUPTED);
    }
  }

  /** Tells of an object and its chunks. */
  public Result<Read<ObjectLayout>> layout(
      String dataset, String path, Snapshot snapshot, ReadOptions read) {
    var request =
        StatObjectRequest.newBuilder()
            .setDataset(dataset)
            .setPath(path)
            .setSnapshot(ToWire.snapshot(snapshot))
            .setConsistency(ToWire.consistency(read.consistency()))
            .setWithChunks(true)
            .build();
    return router.run(
        Call.read(
            ObjectsGrpc.getStatObjectMethod(),
            request,
            Aim.of(read),
            answer ->
                new Read<>(
                    FromWire.layout(answer.getObject()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  private Result<Direct> direct(String dataset, String path, GetOptions get) {
    long bytesMax = (long) DIRECT_CHUNKS_MAX * options.chunkBytes();
    long length = get.range().length() == 0 ? bytesMax : Math.min(bytesMax, get.range().length());
    var request =
        GetObjectRequest.newBuilder()
            .setDataset(dataset)
            .setPath(path)
            .setSnapshot(ToWire.snapshot(get.snapshot()))
            .setConsistency(ToWire.consistency(get.read().consistency()))
            .setOffset(get.range().offset())
            .setLength(length)
            .build();
    return router.run(
        Call.stream(
            ObjectsGrpc.getGetObjectMethod(),
            request,
            Aim.of(get.read()),
            2 * bytesMax + FRAME_SLACK_BYTES,
            answers -> verified(answers, get.range(), length)));
  }

  private static long wanted(long size, ByteRange range) {
    long rest = Math.max(0, size - range.offset());
    return range.length() == 0 ? rest : Math.min(rest, range.length());
  }

  private static Direct verified(
      List<GetObjectResponse> answers, ByteRange range, long lengthAsked) {
    GetObjectResponse first = answers.getFirst();
    if (!first.hasHead()) {
      throw new IllegalArgumentException("no head");
    }
    ObjectStat object = FromWire.object(first.getHead().getObject());
    Read<ObjectStat> read = new Read<>(object, FromWire.readReceipt(first.getHead().getReceipt()));
    ByteString bytes = ByteString.EMPTY;
    for (GetObjectResponse answer : answers.subList(1, answers.size())) {
      bytes = bytes.concat(answer.getData());
    }
    long wanted = wanted(object.size(), range);
    if (bytes.size() != Math.min(wanted, lengthAsked)) {
      throw new IllegalArgumentException(bytes.size() + " bytes of " + wanted);
    }
    boolean whole = bytes.size() == object.size();
    if (whole && !ChunkStore.hash(bytes).equals(object.digest())) {
      throw new IllegalArgumentException("bytes of " + object.path() + " fail their check");
    }
    return new Direct(read, bytes.size() == wanted, bytes);
  }

  /** Refusals of this package that say that an object's own digest does not hold. */
  static Refusal corrupt(ObjectStat object) {
    return Refusal.of(
        RefusalCode.DATA_LOSS,
        "CORRUPT",
        "the chunks of "
            + object.path()
            + " are right, but do not hash to its digest "
            + object.digest());
  }
}
