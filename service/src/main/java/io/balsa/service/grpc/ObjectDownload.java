package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.GetObjectHead;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.ReadReceipt;
import io.balsa.catalog.CatalogQueries;
import io.balsa.catalog.VisibleObject;
import io.balsa.command.Reason;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Downloads: resolves a name, then streams the bytes, fetching a few chunks ahead. Thread-safe. */
final class ObjectDownload {
  /** Bytes of one message. */
  static final int FRAME_BYTES_MAX = 1 << 20;

  private final Calls calls;
  private final FreshReads reads;
  private final ChunkFetch chunks;
  private final int chunksAhead;

  ObjectDownload(Calls calls, FreshReads reads, ChunkFetch chunks, int chunksAhead) {
    this.calls = calls;
    this.reads = reads;
    this.chunks = chunks;
    this.chunksAhead = chunksAhead;
  }

  /**
   * A part of a chunk.
   *
   * @param chunk which
   * @param from first byte
   * @param to behind the last byte
   */
  record Slice(ChunkRef chunk, int from, int to) {}

  private record Resolved(VisibleObject object, ReadReceipt receipt) {}

  /** Streams an object, or a range of it. */
  void run(GetObjectRequest request, ReadyStream<GetObjectResponse> out)
      throws InterruptedException {
    long offset = Fields.number("offset", request.getOffset(), 0, Long.MAX_VALUE);
    long length = Fields.number("length", request.getLength(), 0, Long.MAX_VALUE);
    Resolved resolved = resolve(request);
    List<Slice> slices = slices(resolved.object(), offset, length);
    reserve(slices);
    out.send(
        GetObjectResponse.newBuilder()
            .setHead(
                GetObjectHead.newBuilder()
                    .setObject(Answers.object(resolved.object(), false))
                    .setReceipt(resolved.receipt()))
            .build());
    try (TaskLine<ByteBuffer> line = new TaskLine<>(calls)) {
      Iterator<Slice> next = slices.iterator();
      fill(line, next);
      while (line.size() > 0) {
        ByteBuffer bytes = line.take();
        fill(line, next);
        send(bytes, out);
      }
    }
  }

  private void fill(TaskLine<ByteBuffer> line, Iterator<Slice> next) {
    while (next.hasNext() && line.size() < chunksAhead) {
      Slice slice = next.next();
      line.add(() -> fetch(slice));
    }
  }

  private Resolved resolve(GetObjectRequest request) throws InterruptedException {
    DatasetName dataset = Fields.dataset("dataset", request.getDataset());
    ObjectPath path = Fields.path(request.getPath());
    Snapshot snapshot = Fields.snapshot(request.getSnapshot());
    ReadRule rule = Fields.rule(request.getConsistency(), snapshot);
    return reads.dataset(
        dataset,
        snapshot,
        rule,
        calls.step(),
        scene ->
            CatalogQueries.stat(scene.view(), scene.dataset().id(), path, scene.revision())
                .map(object -> new Resolved(object, scene.receipt()))
                .orElseThrow(() -> Problems.notFound(Reason.OBJECT_NOT_FOUND).refusal()));
  }

  /**
   * The parts of chunks that a range covers, in order.
   *
   * @param length 0 means to the end; beyond the end is cut
   * @throws Refusal RANGE where the offset is beyond the end
   */
  static List<Slice> slices(VisibleObject object, long offset, long length) {
    long size = object.content().size();
    if (offset > size) {
      throw Problems.beyondEnd(size).refusal();
    }
    long end = length == 0 || length > size - offset ? size : offset + length;
    List<Slice> slices = new ArrayList<>();
    long start = 0;
    for (ChunkRef chunk : object.content().chunks()) {
      long from = Math.max(offset, start) - start;
      long to = Math.min(end, start + chunk.length()) - start;
      if (from < to) {
        slices.add(new Slice(chunk, (int) from, (int) to));
      }
      start += chunk.length();
    }
    return slices;
  }

  /** Takes what the chunks ahead and the one being sent need, before anything is sent. */
  private void reserve(List<Slice> slices) {
    int largest = slices.stream().mapToInt(slice -> slice.chunk().length()).max().orElse(0);
    long bytes = (long) largest * Math.min(slices.size(), chunksAhead + 1);
    if (!CallContext.permit().tryGrow(bytes)) {
      throw Problems.tooManyBytes().refusal();
    }
  }

  private ByteBuffer fetch(Slice slice) throws InterruptedException {
    ChunkRef chunk = slice.chunk();
    ByteBuffer bytes = chunks.fetch(chunk.id(), chunk.group(), calls.step());
    if (bytes.remaining() != chunk.length()) {
      throw Problems.corrupt(chunk.id()).refusal();
    }
    return bytes.slice(bytes.position() + slice.from(), slice.to() - slice.from());
  }

  private static void send(ByteBuffer bytes, ReadyStream<GetObjectResponse> out)
      throws InterruptedException {
    ByteString all = UnsafeByteOperations.unsafeWrap(bytes);
    for (int at = 0; at < all.size(); at += FRAME_BYTES_MAX) {
      out.send(
          GetObjectResponse.newBuilder()
              .setData(all.substring(at, Math.min(all.size(), at + FRAME_BYTES_MAX)))
              .build());
    }
  }
}
