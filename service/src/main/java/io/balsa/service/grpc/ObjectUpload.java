package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChangeResult;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkRef;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.Sha256;
import io.balsa.service.admission.Permit;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One upload: cuts the stream into chunks, hashes them, stores a few at a time, and commits the
 * object when all are stored. Holds no more than those few, and the node's permit says how many.
 * For one thread.
 */
final class ObjectUpload {
  private final Calls calls;
  private final ChunkStore chunks;
  private final ObjectCommits commits;
  private final ServiceOptions options;
  private final Permit permit = CallContext.permit();
  private final MessageDigest digest = Sha256.newDigest();
  private final List<ChunkRef> stored = new ArrayList<>();
  private ByteString uncut = ByteString.EMPTY;
  private long size;

  ObjectUpload(Calls calls, ChunkStore chunks, ObjectCommits commits, ServiceOptions options) {
    this.calls = calls;
    this.chunks = chunks;
    this.commits = commits;
    this.options = options;
  }

  /** Takes the whole stream. */
  PutObjectResponse run(Inbound<PutObjectRequest> in) throws InterruptedException {
    PutObjectHeader header = header(in.next());
    check(header);
    try (TaskLine<ChunkRef> line = new TaskLine<>(calls)) {
      for (Optional<PutObjectRequest> part = in.next(); part.isPresent(); part = in.next()) {
        take(line, data(part.get()));
      }
      if (!uncut.isEmpty()) {
        send(line, uncut);
      }
      while (line.size() > 0) {
        finishOne(line);
      }
    }
    return commit(header);
  }

  private static PutObjectHeader header(Optional<PutObjectRequest> first) {
    if (first.isEmpty() || !first.get().hasHeader()) {
      throw new InvalidField(
          "part", first.isEmpty() ? "nothing" : "data or nothing", "a header first");
    }
    return first.get().getHeader();
  }

  /** Refuses before a byte is stored what would be refused afterwards. */
  private static void check(PutObjectHeader header) {
    if (!header.getRequestId().isEmpty()) {
      var _ = Fields.requestId(header.getRequestId());
    }
    var _ = Fields.dataset("dataset", header.getDataset());
    var _ = Fields.path(header.getPath());
    WriteScope _ =
        Fields.scope(header.getTransactionId(), Fields.epoch(header.hasEpoch(), header.getEpoch()));
    var _ = Fields.metadata(header.getMetadataMap());
    var _ = Fields.precondition(header.getPrecondition());
    var _ = Fields.durability(header.getDurability());
    if (!header.getExpectedDigest().isEmpty()) {
      var _ = Fields.digest("expected_digest", header.getExpectedDigest());
    }
  }

  private static ByteString data(PutObjectRequest part) {
    if (!part.hasData()) {
      throw new InvalidField("part", part.hasHeader() ? "a second header" : "nothing", "data");
    }
    Fields.number("data bytes", part.getData().size(), 1, Fields.PART_BYTES_MAX);
    return part.getData();
  }

  private void take(TaskLine<ChunkRef> line, ByteString data) throws InterruptedException {
    reserve(line, data.size());
    for (ByteBuffer bytes : data.asReadOnlyByteBufferList()) {
      digest.update(bytes);
    }
    size += data.size();
    uncut = uncut.concat(data);
    while (uncut.size() >= options.chunkBytes()) {
      ByteString chunk = uncut.substring(0, options.chunkBytes());
      uncut = uncut.substring(options.chunkBytes());
      send(line, chunk);
    }
  }

  /** Where the node has no more bytes to give, this upload first lands what is on its way. */
  private void reserve(TaskLine<ChunkRef> line, int bytes) throws InterruptedException {
    while (!permit.tryGrow(bytes)) {
      if (line.size() == 0) {
        throw Problems.tooManyBytes().refusal();
      }
      finishOne(line);
    }
  }

  private void send(TaskLine<ChunkRef> line, ByteString chunk) throws InterruptedException {
    if (stored.size() + line.size() == Limits.OBJECT_CHUNKS_MAX) {
      throw Problems.tooLarge("object chunks", Limits.OBJECT_CHUNKS_MAX + 1L, stored.size())
          .refusal();
    }
    if (line.size() == options.chunksInFlight()) {
      finishOne(line);
    }
    // Copies where the chunk came in parts.
    ByteBuffer bytes = chunk.asReadOnlyByteBuffer();
    line.add(() -> chunks.store(bytes, calls.step()));
  }

  private void finishOne(TaskLine<ChunkRef> line) throws InterruptedException {
    ChunkRef chunk = line.take();
    stored.add(chunk);
    permit.shrink(chunk.length());
  }

  private PutObjectResponse commit(PutObjectHeader header) {
    Sha256 computed = Sha256.fromBytes(digest.digest());
    if (!header.getExpectedDigest().isEmpty()) {
      Sha256 expected = Fields.digest("expected_digest", header.getExpectedDigest());
      if (!expected.equals(computed)) {
        throw Problems.checksumMismatch("expected_digest", expected.toString(), computed.toString())
            .refusal();
      }
    }
    ChangeResult result = commits.commit(request(header, computed), calls.step()).getResults(0);
    return switch (result.getResultCase()) {
      case RECEIPT ->
          PutObjectResponse.newBuilder().setReceipt(result.getReceipt()).setSize(size).build();
      case REJECTION -> throw ObjectCommits.problemOf(result.getRejection()).refusal();
      case RESULT_NOT_SET -> throw new IllegalStateException("a leader gave no result");
    };
  }

  private CommitObjectsRequest request(PutObjectHeader header, Sha256 computed) {
    ObjectPut.Builder put =
        ObjectPut.newBuilder()
            .setSize(size)
            .setDigest(Answers.digest(computed))
            .putAllMetadata(header.getMetadataMap());
    stored.forEach(chunk -> put.addChunks(Answers.chunkRef(chunk)));
    CommitObjectsRequest.Builder request =
        CommitObjectsRequest.newBuilder()
            .setDataset(header.getDataset())
            .setTransactionId(header.getTransactionId())
            .setDurability(header.getDurability())
            .addChanges(
                ObjectChange.newBuilder()
                    .setRequestId(header.getRequestId())
                    .setPath(header.getPath())
                    .setPrecondition(header.getPrecondition())
                    .setPut(put));
    if (header.hasEpoch()) {
      request.setEpoch(header.getEpoch());
    }
    return request.build();
  }
}
