package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.api.v1.SnapshotBlock;
import io.balsa.model.LogKeys;
import io.balsa.replica.SnapshotLoans;
import io.balsa.replica.StoreClosed;
import io.balsa.service.admission.ByteRate;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends snapshots of this node's replicas to members that fetch them. Thread-safe. */
final class SnapshotSender {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  /** Bytes of one block. Small enough not to be an object of unusual size for the collector. */
  static final int BLOCK_BYTES_MAX = 256 << 10;

  private final ClusterNode node;

  SnapshotSender(ClusterNode node) {
    this.node = node;
  }

  /**
   * Streams a snapshot, or a part of it.
   *
   * @throws Refusal TOO_MANY_SNAPSHOTS or TOO_MANY_BYTES; NOT_SERVING where the replica is closed;
   *     NOT_FRESH where it is behind what is needed; SNAPSHOT_NOT_FOUND where the id is unknown
   */
  void send(FetchSnapshotRequest request, ReadyStream<FetchSnapshotResponse> out)
      throws InterruptedException {
    SnapshotWishes wishes = SnapshotWishes.of(request);
    SnapshotServing serving = node.snapshots();
    if (!serving.places().tryAcquire()) {
      throw Problems.tooManySnapshots().refusal();
    }
    try (SnapshotLoans.Loan loan = loan(serving.loans(), wishes)) {
      if (!CallContext.permit().tryGrow(BLOCK_BYTES_MAX)) {
        throw Problems.tooManyBytes().refusal();
      }
      send(loan, wishes, serving.rate(), out);
    } catch (StoreClosed e) {
      throw Problems.notServing().refusal();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      serving.places().release();
    }
  }

  private static SnapshotLoans.Loan loan(SnapshotLoans loans, SnapshotWishes wishes)
      throws IOException, InterruptedException {
    Optional<SnapshotLoans.Loan> loan =
        wishes.id().isEmpty() ? loans.lend(wishes.need()) : loans.again(wishes.id());
    if (loan.isEmpty()) {
      throw wishes.id().isEmpty()
          ? Problems.behindSnapshotNeed(wishes.need()).refusal()
          : Problems.snapshotNotFound().refusal();
    }
    return loan.get();
  }

  private static void send(
      SnapshotLoans.Loan loan,
      SnapshotWishes wishes,
      ByteRate rate,
      ReadyStream<FetchSnapshotResponse> out)
      throws IOException, InterruptedException {
    SnapshotManifest manifest = loan.source().manifest();
    if (wishes.id().isEmpty()) {
      out.send(
          FetchSnapshotResponse.newBuilder()
              .setManifest(UnsafeByteOperations.unsafeWrap(manifest.encode()))
              .setSnapshotId(loan.id())
              .build());
    }
    if (wishes.manifestOnly()) {
      return;
    }
    long offset = wishes.offset();
    for (SnapshotManifest.Entry file : wishes.filesOf(manifest)) {
      send(loan.source(), file, offset, rate, out);
      offset = 0;
    }
    loan.done();
    LOG.atInfo()
        .addKeyValue(LogKeys.GROUP, manifest.group())
        .addKeyValue(LogKeys.INDEX, manifest.position().index())
        .addKeyValue(LogKeys.BYTES, manifest.bytes())
        .log("a snapshot was sent");
  }

  private static void send(
      SnapshotSource source,
      SnapshotManifest.Entry file,
      long from,
      ByteRate rate,
      ReadyStream<FetchSnapshotResponse> out)
      throws IOException, InterruptedException {
    for (long offset = from; offset < file.bytes(); ) {
      ByteBuffer bytes = source.read(file.relativePath(), offset, BLOCK_BYTES_MAX);
      int length = bytes.remaining();
      rate.take(length);
      out.send(FetchSnapshotResponse.newBuilder().setBlock(block(file, offset, bytes)).build());
      offset += length;
    }
  }

  private static SnapshotBlock block(SnapshotManifest.Entry file, long offset, ByteBuffer bytes) {
    ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
    return SnapshotBlock.newBuilder()
        .setPath(file.relativePath())
        .setOffset(offset)
        .setData(data)
        .setCrc32C(crc32c(data))
        .build();
  }

  /** The sum that a block carries. */
  static int crc32c(ByteString data) {
    CRC32C crc = new CRC32C();
    data.asReadOnlyByteBufferList().forEach(crc::update);
    return (int) crc.getValue();
  }
}
