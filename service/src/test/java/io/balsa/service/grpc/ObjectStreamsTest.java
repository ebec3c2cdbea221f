package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.get;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.part;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.read;
import static io.balsa.service.grpc.Calling.refused;
import static io.balsa.service.grpc.Calling.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChunkRef;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.model.ChunkId;
import io.balsa.model.Sha256;
import io.balsa.service.admission.Admission;
import io.balsa.service.consensus.Outcome;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectStreamsTest {
  private static final int CHUNK = 64 << 10;

  private final Admission admission = new Admission(64, 256L << 20);
  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(3, FakeCluster.options(), admission, List.of());
    createDataset(cluster.node(0), "d");
  }

  @AfterEach
  void stop() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admission.callsInFlight() == 0 && admission.bytesInFlight() == 0);
    cluster.close();
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "65535", "65536", "65537", "300000", "3000000"})
  void whatIsPutOnAnyNodeIsReadOnAnyOther(int size) {
    byte[] data = bytes(size);

    PutObjectResponse put = put(cluster.node(1), header("d", "a/b"), data);
    Calling.Got got = read(cluster.node(2), get("d", "a/b").build());

    assertThat(put.getSize()).isEqualTo(size);
    assertThat(put.getReceipt().getDigest()).isEqualTo(sha256(data));
    assertThat(got.body().toByteArray()).isEqualTo(data);
    assertThat(got.head().getObject().getDigest()).isEqualTo(sha256(data));
    assertThat(got.head().getObject().getRevision()).isEqualTo(put.getReceipt().getRevision());
    assertThat(got.head().getReceipt().getNodeId()).isEqualTo("n2");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0, 1",
    "65535, 2",
    "65536, 65536",
    "70000, 0",
    "199999, 0",
    "199999, 5",
    "200000, 0",
    "200000, 7",
    "0, 9223372036854775807",
    "5, 9223372036854775807"
  })
  void aRangeIsCutAtTheEnd(int offset, long length) {
    byte[] data = bytes(200_000);
    var _ = put(cluster.node(0), header("d", "x"), data);

    Calling.Got got =
        read(cluster.node(0), get("d", "x").setOffset(offset).setLength(length).build());

    int end =
        length == 0
            ? data.length
            : (int) Math.min(data.length, offset + Math.min(length, data.length));
    assertThat(got.body().toByteArray()).isEqualTo(Arrays.copyOfRange(data, offset, end));
  }

  @Test
  void aRangeBeyondTheEndIsRefusedWithTheSize() {
    var _ = put(cluster.node(0), header("d", "x"), bytes(10));

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_RANGE,
            () -> read(cluster.node(0), get("d", "x").setOffset(11).build()));

    assertThat(problem.code()).isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(problem.facts()).containsEntry("size", "10");
  }

  @Test
  void bytesThatAreStoredAlreadyAreNotPutAgain() {
    byte[] data = bytes(3 * CHUNK);
    var _ = put(cluster.node(0), header("d", "x"), data);
    int puts = puts();

    var _ = put(cluster.node(0), header("d", "y"), data);

    assertThat(puts()).isEqualTo(puts);
  }

  @Test
  void aWrongExpectedDigestCommitsNothing() {
    long before = cluster.revision();

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH,
            () ->
                put(
                    cluster.node(0),
                    header("d", "x").setExpectedDigest(sha256(bytes(7))),
                    bytes(8)));

    assertThat(problem.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(cluster.revision()).isEqualTo(before);
  }

  @Test
  void aChunkWhoseLeaderIsUnknownChangesNothing() {
    long before = cluster.revision();
    cluster
        .node(0)
        .chunkGroups
        .forEach(
            group -> {
              for (int i = 0; i < 1_000; i++) {
                group.script.add(_ -> new Outcome.Unknown<>("lost"));
              }
            });
    CompletableFuture<PutObjectResponse> answer = new CompletableFuture<>();
    StreamObserver<PutObjectRequest> out =
        ObjectsGrpc.newStub(cluster.node(0).channel())
            .withDeadlineAfter(700, TimeUnit.MILLISECONDS)
            .putObject(completing(answer));
    out.onNext(part(header("d", "x").build()));
    out.onNext(part(bytes(10)));
    out.onCompleted();

    refused(ErrorReason.ERROR_REASON_NO_LEADER, () -> Calling.await(answer));
    assertThat(cluster.revision()).isEqualTo(before);
  }

  @Test
  void aReplicaThatIsBehindReadsTheBytesElsewhere() {
    FakeNode behind = cluster.node(2);
    behind.chunkGroups.forEach(group -> group.deaf = true);
    byte[] data = bytes(200_000);

    var _ = put(cluster.node(0), header("d", "x"), data);

    assertThat(read(behind, get("d", "x").build()).body().toByteArray()).isEqualTo(data);
  }

  @Test
  void aBadChunkIsReadFromAnotherReplica() {
    byte[] data = bytes(CHUNK + 5);
    var _ = put(cluster.node(0), header("d", "x"), data);
    spoil(cluster.node(0), "x");
    spoil(cluster.node(1), "x");

    assertThat(read(cluster.node(0), get("d", "x").build()).body().toByteArray()).isEqualTo(data);
  }

  @Test
  void bytesThatAreBadEverywhereAreNeverServed() {
    var _ = put(cluster.node(0), header("d", "x"), bytes(CHUNK));
    cluster.nodes.forEach(node -> spoil(node, "x"));

    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_CORRUPT, () -> read(cluster.node(1), get("d", "x").build()));

    assertThat(problem.code()).isEqualTo(Status.Code.DATA_LOSS);
  }

  @Test
  void aSlowReaderHoldsBackTheNode() {
    byte[] data = bytes(16 << 20);
    for (int i = 0; i < 4; i++) {
      var _ = put(cluster.node(0), header("d", "big" + i).setRequestId("r" + i), slice(data, i));
    }
    var whole = commitAll(data.length);
    AtomicLong got = new AtomicLong();
    CompletableFuture<Long> done = new CompletableFuture<>();
    SlowReader reader = new SlowReader(got, done);
    int before = reads();
    ObjectsGrpc.newStub(cluster.node(0).channel()).getObject(whole, reader);

    reader.takeOne();
    reader.takeOne();
    await().atMost(Duration.ofSeconds(20)).until(() -> got.get() > 0);
    // What a node may have read: what the transport takes, the frame that waits, and two ahead.
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(20))
        .until(() -> reads() - before < 200);
    assertThat(admission.bytesInFlight()).isBetween(1L, 4L * CHUNK);

    reader.takeAll();
    assertThat(Calling.await(done)).isEqualTo(data.length);
  }

  @Test
  void aCallerThatGoesAwayLeavesNothingBehind() {
    var _ = put(cluster.node(0), header("d", "x"), bytes(4 << 20));
    SlowReader reader = new SlowReader(new AtomicLong(), new CompletableFuture<>());
    ObjectsGrpc.newStub(cluster.node(0).channel()).getObject(get("d", "x").build(), reader);
    StreamObserver<PutObjectRequest> upload =
        ObjectsGrpc.newStub(cluster.node(0).channel())
            .putObject(completing(new CompletableFuture<>()));
    upload.onNext(part(header("d", "y").build()));
    upload.onNext(part(bytes(3 * CHUNK)));
    await().atMost(Duration.ofSeconds(20)).until(() -> admission.callsInFlight() == 2);

    reader.cancel();
    upload.onError(Status.CANCELLED.asRuntimeException());

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admission.callsInFlight() == 0 && admission.bytesInFlight() == 0);
  }

  @Test
  void anUploadIsDurableOnAllOnlyIfItsChunksAre() {
    var asked = header("d", "x").setDurability(Durability.DURABILITY_ALL);
    assertThat(put(cluster.node(0), asked, bytes(9)).getReceipt().getDurability())
        .isEqualTo(Durability.DURABILITY_ALL);

    cluster.node(0).chunkGroups.forEach(group -> group.allVoters = false);
    var receipt = put(cluster.node(0), asked.setPath("y"), bytes(9)).getReceipt();
    assertThat(receipt.getDurability()).isEqualTo(Durability.DURABILITY_MAJORITY);
    assertThat(receipt.getDurabilityAsked()).isEqualTo(Durability.DURABILITY_ALL);

    cluster.node(0).chunkGroups.forEach(group -> group.leader = cluster.node(1).member());
    cluster.node(1).chunkGroups.forEach(group -> group.leader = cluster.node(1).member());
    assertThat(put(cluster.node(0), asked.setPath("z"), bytes(9)).getReceipt().getDurability())
        .as("confirmed by the chunks' leader, elsewhere")
        .isEqualTo(Durability.DURABILITY_ALL);
  }

  private static byte[] slice(byte[] data, int quarter) {
    return Arrays.copyOfRange(data, quarter * (4 << 20), (quarter + 1) * (4 << 20));
  }

  /** One object of all chunks, without sending them again. */
  private GetObjectRequest commitAll(int size) {
    var change = ObjectPut.newBuilder().setSize(size).setDigest(sha256(bytes(size)));
    for (int i = 0; i < 4; i++) {
      change.addAllChunks(refs(cluster.node(0), "big" + i));
    }
    var answer =
        objects(cluster.node(0))
            .commitObjects(
                CommitObjectsRequest.newBuilder()
                    .setDataset("d")
                    .addChanges(ObjectChange.newBuilder().setPath("all").setPut(change))
                    .build());
    assertThat(answer.getResults(0).hasReceipt()).isTrue();
    return get("d", "all").build();
  }

  private static List<ChunkRef> refs(FakeNode node, String path) {
    return objects(node)
        .statObject(
            StatObjectRequest.newBuilder()
                .setDataset("d")
                .setPath(path)
                .setWithChunks(true)
                .build())
        .getObject()
        .getChunksList();
  }

  private static void spoil(FakeNode node, String path) {
    for (ChunkRef ref : refs(node, path)) {
      ByteString id = ref.getId();
      node.chunkGroups
          .get(ref.getGroup() - 1)
          .corrupt
          .add(new ChunkId(Sha256.read(id.asReadOnlyByteBuffer())));
    }
  }

  private int puts() {
    return cluster.node(0).chunkGroups.stream().mapToInt(group -> group.puts.get()).sum();
  }

  private int reads() {
    return cluster.node(0).chunkGroups.stream().mapToInt(group -> group.reads.get()).sum();
  }

  private static StreamObserver<PutObjectResponse> completing(
      CompletableFuture<PutObjectResponse> answer) {
    return new StreamObserver<>() {
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
    };
  }

  /** Takes messages when told to. */
  private static final class SlowReader
      implements ClientResponseObserver<GetObjectRequest, GetObjectResponse> {
    private final AtomicLong got;
    private final CompletableFuture<Long> done;
    private volatile ClientCallStreamObserver<GetObjectRequest> call;

    SlowReader(AtomicLong got, CompletableFuture<Long> done) {
      this.got = got;
      this.done = done;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<GetObjectRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    void takeOne() {
      call.request(1);
    }

    void takeAll() {
      call.request(Integer.MAX_VALUE);
    }

    void cancel() {
      call.cancel("enough", null);
    }

    @Override
    public void onNext(GetObjectResponse value) {
      got.addAndGet(value.getData().size());
    }

    @Override
    public void onError(Throwable thrown) {
      done.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
      done.complete(got.get());
    }
  }
}
