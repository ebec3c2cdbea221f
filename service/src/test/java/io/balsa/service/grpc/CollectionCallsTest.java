package io.balsa.service.grpc;

import static io.balsa.service.grpc.Calling.chunks;
import static io.balsa.service.grpc.Calling.createDataset;
import static io.balsa.service.grpc.Calling.datasets;
import static io.balsa.service.grpc.Calling.get;
import static io.balsa.service.grpc.Calling.header;
import static io.balsa.service.grpc.Calling.objects;
import static io.balsa.service.grpc.Calling.put;
import static io.balsa.service.grpc.Calling.read;
import static io.balsa.service.grpc.Calling.refused;
import static io.balsa.service.grpc.Calling.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.Chunk;
import io.balsa.api.v1.ChunkPlace;
import io.balsa.api.v1.ChunkRef;
import io.balsa.api.v1.CollectRequest;
import io.balsa.api.v1.CollectionGrpc;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DeleteVersionRequest;
import io.balsa.api.v1.ErrorReason;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetVersionRequest;
import io.balsa.api.v1.HaveChunksRequest;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectDelete;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.api.v1.RemoveChunksRequest;
import io.balsa.api.v1.Snapshot;
import io.balsa.catalog.ChunkRow;
import io.balsa.catalog.SweepSearch;
import io.balsa.command.Envelope;
import io.balsa.command.Upkeep;
import io.balsa.model.ChunkId;
import io.balsa.model.Sha256;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers see of collection. */
class CollectionCallsTest {
  private static final byte[] BYTES = {1, 2, 3, 4};
  private static final ChunkId ID = new ChunkId(Sha256.of(ByteBuffer.wrap(BYTES)));

  private FakeCluster cluster;
  private FakeNode node;

  @BeforeEach
  void start() throws IOException {
    cluster = FakeCluster.of(3);
    node = cluster.node(0);
    createDataset(node, "d");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aChunkThatIsBeingDeletedIsNotPresentAndCannotBeNamed() {
    int group = giveUp();

    ChunkPlace place =
        chunks(node)
            .haveChunks(HaveChunksRequest.newBuilder().addIds(sha256(BYTES)).build())
            .getPlaces(0);

    assertThat(place).isEqualTo(ChunkPlace.newBuilder().setGroup(group).build());
    assertThat(commit("r1", group)).isEqualTo("CONDEMNED");
    assertThat(cluster.proposed.getLast().command())
        .as("nothing was proposed")
        .isInstanceOf(Upkeep.class);
  }

  @Test
  void anUploadOfAChunkThatIsBeingDeletedWaitsUntilItIsGone() {
    int group = giveUp();
    PutChunksRequest upload =
        PutChunksRequest.newBuilder()
            .setGroup(group)
            .addChunks(Chunk.newBuilder().setId(sha256(BYTES)).setData(ByteString.copyFrom(BYTES)))
            .build();

    assertThatThrownBy(() -> chunks(node).withDeadlineAfter(1, TimeUnit.SECONDS).putChunks(upload))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(node.chunkGroups.get(group - 1).puts).as("puts").hasValue(1);

    remove(group);
    cluster.commit(List.of(new Upkeep.ForgetChunks(group, 1, 1, List.of(ID)).envelope()));
    var _ = chunks(node).putChunks(upload);
    assertThat(commit("r1", group)).isEqualTo("ok");
  }

  @Test
  void aRetryOfAPutGetsItsAnswerWhenItsChunksAreGone() {
    int group = giveUp();
    remove(group);
    cluster.commit(List.of(new Upkeep.ForgetChunks(group, 1, 1, List.of(ID)).envelope()));

    assertThat(commit("first", group)).isEqualTo("ok");
    assertThat(commit("second", group)).isEqualTo("CHUNK_MISSING");
  }

  @Test
  void aReplicaThatHasNotAppliedARemovalIsNotBelieved() {
    int group = giveUp();
    node.lagging = true;
    remove(group);
    node.lagging = false;
    cluster.commit(List.of(new Upkeep.ForgetChunks(group, 1, 1, List.of(ID)).envelope()));
    assertThat(node.chunkGroups.get(group - 1).contains(ID)).as("it still shows it").isTrue();

    assertThat(commit("r1", group)).isEqualTo("CHUNK_MISSING");
  }

  @Test
  void nobodyCanHaveAChunkRemovedThatTheCatalogHasNotGivenUp() {
    put(node, header("d", "a"), BYTES);
    int group = row().group();

    assertThatThrownBy(
            () -> collection().withDeadlineAfter(1, TimeUnit.SECONDS).removeChunks(removal(group)))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(read(node, get("d", "a").build()).body()).isEqualTo(ByteString.copyFrom(BYTES));
  }

  @Test
  void aRevisionBelowTheFloorIsRefusedAndAVersionThereIsNot() {
    long old = put(node, header("d", "a"), BYTES).getReceipt().getRevision();
    put(node, header("d", "b"), BYTES);
    var _ =
        datasets(node)
            .createVersion(CreateVersionRequest.newBuilder().setDataset("d").setName("v").build());
    ListObjectsRequest first =
        ListObjectsRequest.newBuilder()
            .setDataset("d")
            .setPageSize(1)
            .setSnapshot(Snapshot.newBuilder().setVersion("v"))
            .build();
    String token = objects(node).listObjects(first).getNextPageToken();
    put(node, header("d", "c"), BYTES);
    cluster.commit(List.of(new Upkeep.RaiseFloor(0, 0).envelope()));

    GetObjectRequest atOld =
        get("d", "a").setSnapshot(Snapshot.newBuilder().setRevision(old)).build();
    Problem problem =
        refused(ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE, () -> read(node, atOld));
    assertThat(problem.facts()).containsEntry("oldest", Long.toString(cluster.revision()));
    assertThat(
            objects(node)
                .listObjects(first.toBuilder().setPageToken(token).build())
                .getObjects(0)
                .getPath())
        .isEqualTo("b");
    var late =
        CreateVersionRequest.newBuilder().setDataset("d").setName("w").setRevision(old).build();
    refused(
        ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE, () -> datasets(node).createVersion(late));
  }

  @Test
  void aDeletedVersionIsNotFoundAndItsNameIsFree() {
    var create = CreateVersionRequest.newBuilder().setDataset("d").setName("v").build();
    var delete =
        DeleteVersionRequest.newBuilder().setDataset("d").setName("v").setRequestId("once").build();
    var _ = datasets(node).createVersion(create);

    long revision = datasets(node).deleteVersion(delete).getReceipt().getRevision();

    assertThat(datasets(cluster.node(1)).deleteVersion(delete).getReceipt().getRevision())
        .as("a retry")
        .isEqualTo(revision);
    refused(
        ErrorReason.ERROR_REASON_VERSION_NOT_FOUND,
        () ->
            datasets(node)
                .getVersion(GetVersionRequest.newBuilder().setDataset("d").setName("v").build()));
    assertThat(datasets(node).createVersion(create).getReceipt().getRevision())
        .isGreaterThan(revision);
  }

  @Test
  void whoCannotCollectSaysSo() {
    refused(
        ErrorReason.ERROR_REASON_NOT_INITIALIZED,
        () -> collection().collect(CollectRequest.getDefaultInstance()).next());
  }

  /** Puts an object under the request id "first", deletes it, and gives its chunk up. */
  private int giveUp() {
    put(node, header("d", "a").setRequestId("first"), BYTES);
    int group = row().group();
    var _ =
        objects(node)
            .commitObjects(
                CommitObjectsRequest.newBuilder()
                    .setDataset("d")
                    .addChanges(
                        ObjectChange.newBuilder()
                            .setPath("a")
                            .setDelete(ObjectDelete.getDefaultInstance()))
                    .build());
    cluster.commit(List.of(new Upkeep.RaiseFloor(0, 0).envelope()));
    SweepSearch.objects(node.catalog.applied, Optional.empty(), 100)
        .commands()
        .forEach(sweep -> cluster.commit(List.of(sweep.envelope())));
    assertThat(row().state()).isEqualTo(ChunkRow.State.CONDEMNED);
    List<Envelope> delete = List.of(new Upkeep.DeleteChunks(0, List.of(ID)).envelope());
    cluster.proposed.addAll(delete);
    cluster.commit(delete);
    assertThat(row().state()).isEqualTo(ChunkRow.State.DELETING);
    return group;
  }

  private ChunkRow row() {
    return node.catalog.applied.chunk(ID).orElseThrow();
  }

  private void remove(int group) {
    var _ = collection().removeChunks(removal(group));
  }

  private static RemoveChunksRequest removal(int group) {
    return RemoveChunksRequest.newBuilder()
        .setGroup(group)
        .setRemoval(1)
        .addIds(sha256(BYTES))
        .build();
  }

  private CollectionGrpc.CollectionBlockingStub collection() {
    return CollectionGrpc.newBlockingStub(node.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private String commit(String requestId, int group) {
    ChunkRef ref =
        ChunkRef.newBuilder().setId(sha256(BYTES)).setLength(BYTES.length).setGroup(group).build();
    ObjectPut object =
        ObjectPut.newBuilder()
            .setSize(BYTES.length)
            .setDigest(sha256(BYTES))
            .addChunks(ref)
            .build();
    var result =
        objects(node)
            .commitObjects(
                CommitObjectsRequest.newBuilder()
                    .setDataset("d")
                    .addChanges(
                        ObjectChange.newBuilder()
                            .setRequestId(requestId)
                            .setPath("a")
                            .setPut(object))
                    .build())
            .getResults(0);
    return result.hasReceipt() ? "ok" : result.getRejection().getReason();
  }
}
