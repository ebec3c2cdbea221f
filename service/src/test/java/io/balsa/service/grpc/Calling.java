package io.balsa.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetObjectHead;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PutObjectHeader;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.model.Sha256;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests send, and what they say about answers. */
final class Calling {
  static final Consistency EVENTUAL =
      Consistency.newBuilder().setEventual(Consistency.Eventual.getDefaultInstance()).build();

  private Calling() {}

  static DatasetsGrpc.DatasetsBlockingStub datasets(FakeNode node) {
    return DatasetsGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  static ObjectsGrpc.ObjectsBlockingStub objects(FakeNode node) {
    return ObjectsGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  static ChunksGrpc.ChunksBlockingStub chunks(FakeNode node) {
    return ChunksGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  static ClusterGrpc.ClusterBlockingStub cluster(FakeNode node) {
    return ClusterGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  static void createDataset(FakeNode node, String name) {
    var _ = datasets(node).createDataset(CreateDatasetRequest.newBuilder().setName(name).build());
  }

  static PutObjectHeader.Builder header(String dataset, String path) {
    return PutObjectHeader.newBuilder().setDataset(dataset).setPath(path);
  }

  static PutObjectRequest part(PutObjectHeader header) {
    return PutObjectRequest.newBuilder().setHeader(header).build();
  }

  static PutObjectRequest part(byte[] data) {
    return PutObjectRequest.newBuilder().setData(ByteString.copyFrom(data)).build();
  }

  /** Uploads in one message of data, or none. */
  static PutObjectResponse put(FakeNode node, PutObjectHeader.Builder header, byte[] data) {
    return data.length == 0
        ? put(node, part(header.build()))
        : put(node, part(header.build()), part(data));
  }

  static PutObjectResponse put(FakeNode node, PutObjectRequest... parts) {
    CompletableFuture<PutObjectResponse> answer = new CompletableFuture<>();
    StreamObserver<PutObjectRequest> out =
        ObjectsGrpc.newStub(node.channel())
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .putObject(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutObjectResponse value) {
                    answer.complete(value);
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    answer.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                });
    for (PutObjectRequest part : parts) {
      out.onNext(part);
    }
    out.onCompleted();
    return await(answer);
  }

  static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException status) {
        throw status;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static GetObjectRequest.Builder get(String dataset, String path) {
    return GetObjectRequest.newBuilder().setDataset(dataset).setPath(path);
  }

  /** A whole answer; frames are checked for their size. */
  record Got(GetObjectHead head, ByteString body) {}

  static Got read(FakeNode node, GetObjectRequest request) {
    Iterator<GetObjectResponse> parts = objects(node).getObject(request);
    GetObjectHead head = parts.next().getHead();
    ByteString body = ByteString.EMPTY;
    while (parts.hasNext()) {
      ByteString data = parts.next().getData();
      assertThat(data.size()).isBetween(1, 1 << 20);
      body = body.concat(data);
    }
    return new Got(head, body);
  }

  static ByteString sha256(byte[] data) {
    return ByteString.copyFrom(Sha256.of(ByteBuffer.wrap(data)).toBytes());
  }

  /** The problem that a call ends with. */
  static Problem refused(ThrowingCallable call) {
    StatusRuntimeException status = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(status).as("a refusal").isNotNull();
    Problem problem =
        Problem.of(status).orElseThrow(() -> new AssertionError("not Balsa's: " + status, status));
    assertThat(problem.retryAfter().isPresent()).isEqualTo(hasRetry(status));
    return problem;
  }

  static Problem refused(ErrorReason reason, ThrowingCallable call) {
    Problem problem = refused(call);
    assertThat(problem.reason()).as(problem.message()).isEqualTo(reason);
    return problem;
  }

  private static boolean hasRetry(StatusRuntimeException status) {
    com.google.rpc.Status details = StatusProto.fromThrowable(status);
    return details != null
        && details.getDetailsList().stream().anyMatch(any -> any.is(RetryInfo.class));
  }
}
