package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.api.v1.SnapshotBlock;
import io.balsa.chunk.Disk;
import io.balsa.model.InvalidField;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.service.consensus.Member;
import io.balsa.snapshot.CorruptSnapshot;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches snapshots by {@code Cluster.FetchSnapshot}: from the leader, which keeps the log entries
 * behind what it sends, else from any other member. Thread-safe.
 */
public final class RemoteSnapshots implements SnapshotFetcher {
  /** The source reads all its files once before the manifest comes. */
  private static final Duration MANIFEST_WAIT_MAX = Duration.ofHours(1);

  private static final Duration BLOCK_WAIT_MAX = Duration.ofSeconds(60);

  private final PeerChannels channels;
  private final String selfPeerId;
  private final Supplier<List<Member>> members;
  private final Disk disk;

  /**
   * Fetches nothing yet.
   *
   * @param selfPeerId is not asked
   * @param members whom to ask; may know none while the node starts
   * @param disk where the snapshots go
   */
  public RemoteSnapshots(
      PeerChannels channels, String selfPeerId, Supplier<List<Member>> members, Disk disk) {
    this.channels = channels;
    this.selfPeerId = selfPeerId;
    this.members = members;
    this.disk = disk;
  }

  @Override
  public SnapshotManifest fetch(Need need, Path staging) throws IOException, InterruptedException {
    IOException failure = new IOException("no member gave a snapshot of " + need.group());
    for (Member source : sources(need)) {
      try {
        return fetch(source, need, staging);
      } catch (IOException e) {
        failure.addSuppressed(new IOException(source.nodeId() + ": " + e.getMessage(), e));
      }
    }
    throw failure;
  }

  /** All other members, the leader first. */
  private List<Member> sources(Need need) {
    List<Member> sources = new ArrayList<>();
    for (Member member : members.get()) {
      if (need.leaderPeerId().filter(member.peerId()::equals).isPresent()) {
        sources.addFirst(member);
      } else if (!member.peerId().equals(selfPeerId)) {
        sources.add(member);
      }
    }
    return sources;
  }

  private SnapshotManifest fetch(Member source, Need need, Path staging)
      throws IOException, InterruptedException {
    FetchSnapshotRequest request =
        FetchSnapshotRequest.newBuilder().setGroup(need.group().text()).build();
    BlockingClientCall<FetchSnapshotRequest, FetchSnapshotResponse> call =
        ClientCalls.blockingV2ServerStreamingCall(
            channels.to(source.clientAddress()),
            ClusterGrpc.getFetchSnapshotMethod(),
            CallOptions.DEFAULT,
            request);
    try {
      SnapshotManifest manifest = manifest(call, need);
      try (SnapshotReceiver receiver = SnapshotReceiver.begin(disk, staging, manifest)) {
        receive(call, receiver);
        receiver.finish();
      }
      return manifest;
    } catch (StatusException e) {
      throw new IOException(e.getStatus().toString(), e);
    } catch (TimeoutException e) {
      throw new IOException("it sends nothing any more", e);
    } catch (InvalidField e) {
      throw new IOException("it sends what it did not announce", e);
    } finally {
      call.cancel("done with it", null);
    }
  }

  private static SnapshotManifest manifest(
      BlockingClientCall<FetchSnapshotRequest, FetchSnapshotResponse> call, Need need)
      throws IOException, StatusException, InterruptedException, TimeoutException {
    FetchSnapshotResponse first = call.read(MANIFEST_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
    if (first == null || !first.hasManifest()) {
      throw new CorruptSnapshot("it sends no manifest");
    }
    SnapshotManifest manifest = SnapshotManifest.decode(first.getManifest().asReadOnlyByteBuffer());
    if (!manifest.group().equals(need.group())) {
      throw new CorruptSnapshot("it sends a snapshot of " + manifest.group());
    }
    if (!need.isMetBy(manifest.position())) {
      throw new IOException("its snapshot ends at " + manifest.position() + ", too early");
    }
    return manifest;
  }

  private static void receive(
      BlockingClientCall<FetchSnapshotRequest, FetchSnapshotResponse> call,
      SnapshotReceiver receiver)
      throws IOException, StatusException, InterruptedException, TimeoutException {
    for (FetchSnapshotResponse next = block(call); next != null; next = block(call)) {
      SnapshotBlock block = next.getBlock();
      receiver.accept(block.getPath(), block.getOffset(), block.getData().asReadOnlyByteBuffer());
    }
  }

  /** Null at the end. */
  private static @Nullable FetchSnapshotResponse block(
      BlockingClientCall<FetchSnapshotRequest, FetchSnapshotResponse> call)
      throws StatusException, InterruptedException, TimeoutException {
    return call.read(BLOCK_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }
}
