package io.balsa.service.cluster;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.api.v1.WriteReceipt;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls to one node and to no other, without retries: what this node answers is the result.
 * Thread-safe.
 */
public final class NodeCalls {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ManagedChannel channel;

  NodeCalls(String address) {
    channel = ManagedChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** Calls on objects, each within a generous deadline. */
  public ObjectsGrpc.ObjectsBlockingStub objects() {
    return objects(PATIENCE);
  }

  /** Calls on objects, each within a deadline that starts now. */
  public ObjectsGrpc.ObjectsBlockingStub objects(Duration deadline) {
    channel.resetConnectBackoff();
    return ObjectsGrpc.newBlockingStub(channel).withDeadline(in(deadline));
  }

  /** Calls on datasets and versions, within a generous deadline. */
  public DatasetsGrpc.DatasetsBlockingStub datasets() {
    channel.resetConnectBackoff();
    return DatasetsGrpc.newBlockingStub(channel).withDeadline(in(PATIENCE));
  }

  /** Calls on objects that do not block, within a generous deadline. */
  public ObjectsGrpc.ObjectsStub objectsLater() {
    channel.resetConnectBackoff();
    return ObjectsGrpc.newStub(channel).withDeadline(in(PATIENCE));
  }

  private static Deadline in(Duration deadline) {
    return Deadline.after(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Puts an object in parts of at most 1 MiB.
   *
   * @throws StatusRuntimeException the node's refusal
   */
  public WriteReceipt put(PutObjectHeader header, byte[] bytes) {
    CompletableFuture<WriteReceipt> receipt = new CompletableFuture<>();
    StreamObserver<PutObjectRequest> out = objectsLater().putObject(new Answer(receipt));
    out.onNext(PutObjectRequest.newBuilder().setHeader(header).build());
    for (int from = 0; from < bytes.length; from += 1 << 20) {
      int length = Math.min(1 << 20, bytes.length - from);
      out.onNext(
          PutObjectRequest.newBuilder().setData(ByteString.copyFrom(bytes, from, length)).build());
    }
    out.onCompleted();
    try {
      return receipt.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer, in spite of a deadline", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The bytes of an object, read linearizably. */
  public byte[] get(String dataset, String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    objects()
        .getObject(GetObjectRequest.newBuilder().setDataset(dataset).setPath(path).build())
        .forEachRemaining(part -> bytes.writeBytes(part.getData().toByteArray()));
    return bytes.toByteArray();
  }

  private record Answer(CompletableFuture<WriteReceipt> receipt)
      implements StreamObserver<PutObjectResponse> {
    @Override
    public void onNext(PutObjectResponse answer) {
      receipt.complete(answer.getReceipt());
    }

    @Override
    public void onError(Throwable problem) {
      receipt.completeExceptionally(problem);
    }

    @Override
    public void onCompleted() {
      receipt.completeExceptionally(new IllegalStateException("completed without an answer"));
    }
  }

  void close() {
    channel.shutdownNow();
  }
}
