package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.chunks;
import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.refused;
import static io.balsa.service.grpc.Calling.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.AbortTransactionRequest;
import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.ChangeResult;
import io.balsa.api.v1.Chunk;
import io.balsa.api.v1.ChunkPlace;
import io.balsa.api.v1.ChunkRange;
import io.balsa.api.v1.ChunkRef;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetTransactionRequest;
import io.balsa.api.v1.HaveChunksRequest;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectDelete;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.Precondition;
import io.balsa.api.v1.PublishTransactionRequest;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.TransactionState;
import io.balsa.model.ChunkId;
import io.balsa.model.Sha256;
import io.balsa.service.consensus.Outcome;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitObjectsTest {
  private static final byte[] BYTES = {1, 2, 3, 4};

  private FakeCluster cluster;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(3);
    createDataset(cluster.node(0), "d");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void changesSucceedOrFailAloneAndKeepTheirOrder() {
    ChunkRef ref = store(cluster.node(1), BYTES);
    ChunkRef missing = ref.toBuilder().setId(sha256(new byte[] {9})).build();

    List<ChangeResult> results =
        commit(
            cluster.node(2),
            change("a").setPut(object(ref)),
            change("../b").setPut(object(ref)),
            change("c").setPut(object(missing)),
            change("d"),
            change("e").setDelete(ObjectDelete.getDefaultInstance()),
            change("f").setPut(object(ref.toBuilder().setLength(5).build()).setSize(5)),
            change("g").setPut(object(ref.toBuilder().setGroup(60).build())),
            change("h").setPut(object(ref)));

    assertThat(results.stream().map(CommitObjectsTest::verdict))
        .containsExactly(
            "ok",
            "INVALID_FIELD",
            "CHUNK_MISSING",
            "INVALID_FIELD",
            "OBJECT_NOT_FOUND",
            "INVALID_FIELD",
            "GROUP_NOT_FOUND",
            "ok");
    assertThat(results.get(2).getRejection().getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION.value());
    assertThat(results.get(2).getRejection().getMetadataMap()).containsKey("chunk");
    assertThat(results.get(0).getReceipt().getDigest()).isEqualTo(sha256(BYTES));
    assertThat(results.get(7).getReceipt().getIndex())
        .as("one entry")
        .isEqualTo(results.get(0).getReceipt().getIndex());
    assertThat(results.get(7).getReceipt().getRevision())
        .isGreaterThan(results.get(0).getReceipt().getRevision());
  }

  @Test
  void changesThatAreAllUnfitProposeNothing() {
    int proposed = cluster.proposed.size();

    List<ChangeResult> results = commit(cluster.node(2), change("a"), change("/"));

    assertThat(results.stream().map(CommitObjectsTest::verdict))
        .containsExactly("INVALID_FIELD", "INVALID_FIELD");
    assertThat(cluster.proposed).hasSize(proposed);
  }

  @Test
  void aLeaderWhoseChunkReplicaIsBehindAsksBeforeItSaysMissing() {
    cluster.node(0).lagging = true;
    cluster.node(0).chunkGroups.forEach(group -> group.leader = cluster.node(1).member());
    cluster.node(1).chunkGroups.forEach(group -> group.leader = cluster.node(1).member());
    ChunkRef ref = store(cluster.node(1), BYTES);
    cluster.node(0).lagging = false;

    assertThat(verdict(commit(cluster.node(0), change("a").setPut(object(ref))).getFirst()))
        .isEqualTo("ok");
  }

  @Test
  void aChunkThatCannotBeAskedForIsNotSaidToBeMissing() {
    ChunkRef ref = store(cluster.node(1), BYTES);
    FakeChunks behind = cluster.node(0).chunkGroups.get(ref.getGroup() - 1);
    ChunkId id = new ChunkId(Sha256.read(ref.getId().asReadOnlyByteBuffer()));
    behind.forget(id);
    behind.deaf = true;

    var request = request(change("a").setRequestId("mine").setPut(object(ref))).build();
    var stub =
        ObjectsGrpc.newBlockingStub(cluster.node(2).channel())
            .withDeadlineAfter(600, TimeUnit.MILLISECONDS);

    refused(ErrorReason.ERROR_REASON_NOT_FRESH, () -> stub.commitObjects(request));

    cluster
        .node(0)
        .catalog
        .script
        .add(
            _ -> {
              behind.forget(id);
              behind.deaf = true;
              return new Outcome.Unknown<>("lost");
            });
    behind.deaf = false;
    refused(
        ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN,
        () -> stub.withDeadlineAfter(600, TimeUnit.MILLISECONDS).commitObjects(request));
  }

  @Test
  void aRetryOfABatchGetsTheFirstAnswers() {
    ChunkRef ref = store(cluster.node(0), BYTES);
    var change =
        change("a")
            .setRequestId("mine")
            .setPrecondition(Precondition.newBuilder().setIfAbsent(true))
            .setPut(object(ref));

    long first = commit(cluster.node(0), change).getFirst().getReceipt().getRevision();
    long again = commit(cluster.node(1), change).getFirst().getReceipt().getRevision();

    assertThat(again).isEqualTo(first).isPositive();
    assertThat(verdict(commit(cluster.node(1), change.clone().clearRequestId()).getFirst()))
        .isEqualTo("OBJECT_EXISTS");
  }

  @Test
  void whatIsStagedIsSeenWhenItIsPublishedAndNotBefore() {
    ChunkRef ref = store(cluster.node(0), BYTES);
    long id = begin();
    var _ =
        objects(cluster.node(1))
            .commitObjects(request(change("a").setPut(object(ref))).setTransactionId(id).build());
    StatObjectRequest stat = StatObjectRequest.newBuilder().setDataset("d").setPath("a").build();
    refused(
        ErrorReason.ERROR_REASON_OBJECT_NOT_FOUND, () -> objects(cluster.node(1)).statObject(stat));

    long published =
        objects(cluster.node(2))
            .publishTransaction(
                PublishTransactionRequest.newBuilder().setDataset("d").setTransactionId(id).build())
            .getReceipt()
            .getRevision();

    assertThat(objects(cluster.node(1)).statObject(stat).getObject().getRevision())
        .isEqualTo(published);
    var row =
        objects(cluster.node(1))
            .getTransaction(
                GetTransactionRequest.newBuilder().setDataset("d").setTransactionId(id).build())
            .getTransaction();
    assertThat(row.getState()).isEqualTo(TransactionState.TRANSACTION_STATE_PUBLISHED);
    assertThat(row.getStaged()).isEqualTo(1);
    refused(
        ErrorReason.ERROR_REASON_TRANSACTION_CLOSED,
        () ->
            objects(cluster.node(1))
                .abortTransaction(
                    AbortTransactionRequest.newBuilder()
                        .setDataset("d")
                        .setTransactionId(id)
                        .build()));
  }

  @Test
  void aChunkIsReadInRangesFromANodeThatDoesNotHaveIt() {
    ChunkRef ref = store(cluster.node(0), BYTES);
    cluster.node(2).chunkGroups.forEach(group -> group.deaf = true);
    cluster
        .node(2)
        .chunkGroups
        .get(ref.getGroup() - 1)
        .forget(new ChunkId(Sha256.read(ref.getId().asReadOnlyByteBuffer())));
    ChunkRange range = ChunkRange.newBuilder().setId(ref.getId()).setGroup(ref.getGroup()).build();

    var parts =
        chunks(cluster.node(2))
            .getChunks(
                GetChunksRequest.newBuilder()
                    .addRanges(range.toBuilder().setOffset(1).setLength(2))
                    .addRanges(range)
                    .addRanges(range.toBuilder().setOffset(4))
                    .build());

    assertThat(parts.next().getData()).isEqualTo(ByteString.copyFrom(new byte[] {2, 3}));
    assertThat(parts.next().getData()).isEqualTo(ByteString.copyFrom(BYTES));
    assertThat(parts.next().getData()).isEmpty();
    refused(
        ErrorReason.ERROR_REASON_RANGE,
        () ->
            chunks(cluster.node(0))
                .getChunks(
                    GetChunksRequest.newBuilder().addRanges(range.toBuilder().setOffset(5)).build())
                .next());
    // While a member cannot be asked, nobody knows that a chunk is nowhere.
    GetChunksRequest nowhere =
        GetChunksRequest.newBuilder()
            .addRanges(range.toBuilder().setId(sha256(new byte[] {7})))
            .build();
    refused(
        ErrorReason.ERROR_REASON_NOT_FRESH,
        () -> chunks(cluster.node(0)).getChunks(nowhere).next());
    cluster.node(2).chunkGroups.forEach(group -> group.deaf = false);
    refused(
        ErrorReason.ERROR_REASON_CHUNK_MISSING,
        () -> chunks(cluster.node(0)).getChunks(nowhere).next());
  }

  @Test
  void bytesThatDoNotHashToTheirNameAreRefused() {
    Problem problem =
        refused(
            ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH,
            () ->
                chunks(cluster.node(0))
                    .putChunks(
                        PutChunksRequest.newBuilder()
                            .setGroup(1)
                            .addChunks(
                                Chunk.newBuilder()
                                    .setId(sha256(BYTES))
                                    .setData(ByteString.copyFromUtf8("other")))
                            .build()));

    assertThat(problem.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
  }

  private long begin() {
    return objects(cluster.node(1))
        .beginTransaction(BeginTransactionRequest.newBuilder().setDataset("d").build())
        .getTransaction()
        .getId();
  }

  /** Puts a chunk where the node says, and finds it there. */
  private static ChunkRef store(FakeNode node, byte[] bytes) {
    HaveChunksRequest have = HaveChunksRequest.newBuilder().addIds(sha256(bytes)).build();
    ChunkPlace place = chunks(node).haveChunks(have).getPlaces(0);
    assertThat(place.getPresent()).isFalse();
    var put =
        chunks(node)
            .putChunks(
                PutChunksRequest.newBuilder()
                    .setGroup(place.getGroup())
                    .addChunks(
                        Chunk.newBuilder().setId(sha256(bytes)).setData(ByteString.copyFrom(bytes)))
                    .build());
    assertThat(put.getIndex()).isPositive();
    assertThat(chunks(node).haveChunks(have).getPlaces(0))
        .isEqualTo(place.toBuilder().setPresent(true).build());
    return ChunkRef.newBuilder()
        .setId(sha256(bytes))
        .setLength(bytes.length)
        .setGroup(place.getGroup())
        .build();
  }

  private static ObjectChange.Builder change(String path) {
    return ObjectChange.newBuilder().setPath(path);
  }

  private static ObjectPut.Builder object(ChunkRef ref) {
    return ObjectPut.newBuilder().setSize(ref.getLength()).setDigest(ref.getId()).addChunks(ref);
  }

  private static CommitObjectsRequest.Builder request(ObjectChange.Builder... changes) {
    CommitObjectsRequest.Builder request = CommitObjectsRequest.newBuilder().setDataset("d");
    for (ObjectChange.Builder change : changes) {
      request.addChanges(change);
    }
    return request;
  }

  private static List<ChangeResult> commit(FakeNode node, ObjectChange.Builder... changes) {
    return objects(node).commitObjects(request(changes).build()).getResultsList();
  }

  private static String verdict(ChangeResult result) {
    return result.hasReceipt() ? "ok" : result.getRejection().getReason();
  }
}
