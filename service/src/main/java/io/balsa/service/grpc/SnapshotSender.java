package io.balsa.service.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.api.v1.SnapshotBlock;
import io.balsa.model.GroupName;
import io.balsa.model.LogKeys;
import io.balsa.replica.LentSnapshot;
import io.balsa.replica.StoreClosed;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends snapshots of this node's replicas to members that fetch them. Thread-safe. */
final class SnapshotSender {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  /** Snapshots on their way at a time: each reads the disk as fast as its receiver takes. */
  static final int AT_ONCE_MAX = 2;

  /** Bytes of one message. */
  static final int BLOCK_BYTES_MAX = 1 << 20;

  private final ClusterNode node;
  private final Semaphore places = new Semaphore(AT_ONCE_MAX);

  SnapshotSender(ClusterNode node) {
    this.node = node;
  }

  /**
   * Streams a snapshot.
   *
   * @throws Refusal TOO_MANY_SNAPSHOTS or TOO_MANY_BYTES; NOT_SERVING where the replica is closed
   */
  void send(FetchSnapshotRequest request, ReadyStream<FetchSnapshotResponse> out)
      throws InterruptedException {
    GroupName group = Fields.group(request.getGroup());
    if (!places.tryAcquire()) {
      throw Problems.tooManySnapshots().refusal();
    }
    try (LentSnapshot lent = node.lend(group)) {
      if (!CallContext.permit().tryGrow(BLOCK_BYTES_MAX)) {
        throw Problems.tooManyBytes().refusal();
      }
      send(lent.source(), out);
      LOG.atInfo()
          .addKeyValue(LogKeys.GROUP, group)
          .addKeyValue(LogKeys.INDEX, lent.source().manifest().position().index())
          .addKeyValue(LogKeys.BYTES, lent.source().manifest().bytes())
          .log("a snapshot was sent");
    } catch (StoreClosed e) {
      throw Problems.notServing().refusal();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      places.release();
    }
  }

  private static void send(SnapshotSource source, ReadyStream<FetchSnapshotResponse> out)
      throws IOException, InterruptedException {
    SnapshotManifest manifest = source.manifest();
    out.send(
        FetchSnapshotResponse.newBuilder()
            .setManifest(UnsafeByteOperations.unsafeWrap(manifest.encode()))
            .build());
    for (SnapshotManifest.Entry file : manifest.entries()) {
      for (long offset = 0; offset < file.bytes(); ) {
        ByteBuffer bytes = source.read(file.relativePath(), offset, BLOCK_BYTES_MAX);
        int length = bytes.remaining();
        out.send(
            FetchSnapshotResponse.newBuilder()
                .setBlock(
                    SnapshotBlock.newBuilder()
                        .setPath(file.relativePath())
                        .setOffset(offset)
                        .setData(UnsafeByteOperations.unsafeWrap(bytes)))
                .build());
        offset += length;
      }
    }
  }
}
