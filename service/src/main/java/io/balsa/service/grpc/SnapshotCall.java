package io.balsa.service.grpc;

import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.FetchSnapshotResponse;
import io.balsa.api.v1.SnapshotBlock;
import io.balsa.snapshot.CorruptSnapshot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code Cluster.FetchSnapshot}, as its caller sees it. Messages come as they are read,
 * so that nothing piles up here. One thread.
 */
final class SnapshotCall implements AutoCloseable {
  /** The source reads all its files once before the manifest comes. */
  private static final Duration MANIFEST_WAIT_MAX = Duration.ofHours(1);

  private static final Duration BLOCK_WAIT_MAX = Duration.ofSeconds(60);

  private final BlockingClientCall<FetchSnapshotRequest, FetchSnapshotResponse> call;

  /** The call ended before its purpose was reached; what came before it is good. */
  static final class Broken extends IOException {
    private final boolean isFinal;

    /** The source, as it is now, does not help. */
    Broken(String why) {
      super(why);
      isFinal = true;
    }

    private Broken(String why, boolean isFinal, Throwable cause) {
      super(why, cause);
      this.isFinal = isFinal;
    }

    /** True where the same request would end the same way. */
    boolean isFinal() {
      return isFinal;
    }
  }

  SnapshotCall(Channel source, FetchSnapshotRequest request) {
    call =
        ClientCalls.blockingV2ServerStreamingCall(
            source, ClusterGrpc.getFetchSnapshotMethod(), CallOptions.DEFAULT, request);
  }

  /** The first message of a new snapshot. */
  FetchSnapshotResponse manifest() throws IOException, InterruptedException {
    FetchSnapshotResponse first = read(MANIFEST_WAIT_MAX);
    if (first == null || !first.hasManifest()) {
      throw new CorruptSnapshot("it sends no manifest");
    }
    return first;
  }

  /**
   * The next block, whose bytes match its sum; empty at the end.
   *
   * @throws Broken the call ended before that
   * @throws CorruptSnapshot it is no such block
   */
  Optional<SnapshotBlock> block() throws IOException, InterruptedException {
    FetchSnapshotResponse next = read(BLOCK_WAIT_MAX);
    if (next == null) {
      return Optional.empty();
    }
    SnapshotBlock block = next.getBlock();
    if (SnapshotSender.crc32c(block.getData()) != block.getCrc32C()) {
      throw new CorruptSnapshot("a block of " + block.getPath() + " does not match its sum");
    }
    return Optional.of(block);
  }

  private @Nullable FetchSnapshotResponse read(Duration waitMax)
      throws Broken, InterruptedException {
    try {
      return call.read(waitMax.toMillis(), TimeUnit.MILLISECONDS);
    } catch (StatusException e) {
      throw new Broken(e.getStatus().toString(), isFinal(e), e);
    } catch (TimeoutException e) {
      throw new Broken("it sends nothing any more", true, e);
    }
  }

  private static boolean isFinal(StatusException e) {
    return Problem.of(new StatusRuntimeException(e.getStatus(), e.getTrailers()))
        .map(problem -> problem.retryAfter().isEmpty())
        .orElse(e.getStatus().getCode() != Status.Code.UNAVAILABLE);
  }

  @Override
  public void close() {
    call.cancel("done with it", null);
  }
}
