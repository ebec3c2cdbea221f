package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetChunksResponse;
import io.balsa.model.ChunkId;
import io.balsa.model.GroupName;
import io.balsa.model.Limits;
import io.balsa.model.Sha256;
import io.balsa.replica.ChunkSource;
import io.balsa.service.consensus.Member;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gets chunks from other members by {@code Chunks.GetChunks}. Bytes name themselves, so any member
 * will do, and none is believed unchecked. Thread-safe.
 */
public final class RemoteChunks implements ChunkSource {
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(10);

  private final Forwarder forwarder;
  private final String selfPeerId;
  private final Supplier<List<Member>> members;

  /**
   * Fetches nothing yet.
   *
   * @param selfPeerId is not asked
   * @param members whom to ask; may know none while the node starts
   */
  public RemoteChunks(PeerChannels channels, String selfPeerId, Supplier<List<Member>> members) {
    this.forwarder = new Forwarder(channels);
    this.selfPeerId = selfPeerId;
    this.members = members;
  }

  @Override
  public ByteBuffer fetch(GroupName group, ChunkId id) throws IOException {
    StringBuilder answers = new StringBuilder();
    for (Member member : members.get()) {
      if (member.peerId().equals(selfPeerId)) {
        continue;
      }
      ChunkCopy copy =
          read(forwarder, member, id, group.chunkGroup(), Budget.ofCall(FETCH_TIMEOUT));
      if (copy instanceof ChunkCopy.Good(ByteBuffer bytes)) {
        return bytes;
      }
      answers.append(' ').append(member.nodeId()).append(": ");
      answers.append(copy.getClass().getSimpleName());
    }
    throw new IOException("no member gave chunk " + id + " of " + group + ":" + answers);
  }

  /** What another member's own replica has. */
  static ChunkCopy read(Forwarder forwarder, Member from, ChunkId id, int group, Budget budget) {
    GetChunksRequest request =
        GetChunksRequest.newBuilder()
            .addRanges(ChunkRange.newBuilder().setId(Answers.digest(id.sha256())).setGroup(group))
            .build();
    try {
      Optional<ByteBuffer> bytes =
          forwarder.stream(
              ChunksGrpc.getGetChunksMethod(), from, request, budget, RemoteChunks::join);
      boolean good = bytes.isPresent() && Sha256.of(bytes.get()).equals(id.sha256());
      return good ? new ChunkCopy.Good(bytes.get()) : new ChunkCopy.Corrupt();
    } catch (StatusRuntimeException e) {
      ErrorReason reason =
          Problem.of(e).map(Problem::reason).orElse(ErrorReason.ERROR_REASON_UNSPECIFIED);
      return switch (reason) {
        case ERROR_REASON_CORRUPT -> new ChunkCopy.Corrupt();
        case ERROR_REASON_CHUNK_MISSING -> new ChunkCopy.Missing();
        default -> new ChunkCopy.Unreachable();
      };
    }
  }

  /** Empty where there is more than a chunk can hold. */
  private static Optional<ByteBuffer> join(Iterator<GetChunksResponse> parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    while (parts.hasNext()) {
      ByteString part = parts.next().getData();
      if (joined.size() + part.size() > Limits.CHUNK_BYTES_MAX) {
        return Optional.empty();
      }
      joined.writeBytes(part.toByteArray());
    }
    return Optional.of(ByteBuffer.wrap(joined.toByteArray()).asReadOnlyBuffer());
  }
}
