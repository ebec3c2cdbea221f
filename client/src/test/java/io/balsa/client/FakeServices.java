package io.balsa.client;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.AbortTransactionRequest;
import io.balsa.api.v1.AbortTransactionResponse;
import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.BeginTransactionResponse;
import io.balsa.api.v1.ChunkPlace;
import io.balsa.api.v1.ChunksGrpc;
import io.balsa.api.v1.ClusterGrpc;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.CommitObjectsResponse;
import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.CreateDatasetResponse;
import io.balsa.api.v1.Dataset;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.GetChunksRequest;
import io.balsa.api.v1.GetChunksResponse;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.api.v1.GetDatasetResponse;
import io.balsa.api.v1.GetIdentityRequest;
import io.balsa.api.v1.GetIdentityResponse;
import io.balsa.api.v1.GetObjectHead;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.GetStatusRequest;
import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.GroupRole;
import io.balsa.api.v1.GroupStatus;
import io.balsa.api.v1.HaveChunksRequest;
import io.balsa.api.v1.HaveChunksResponse;
import io.balsa.api.v1.InitClusterRequest;
import io.balsa.api.v1.InitClusterResponse;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ListObjectsResponse;
import io.balsa.api.v1.NodeIdentity;
import io.balsa.api.v1.ObjectInfo;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PublishTransactionRequest;
import io.balsa.api.v1.PublishTransactionResponse;
import io.balsa.api.v1.PutChunksRequest;
import io.balsa.api.v1.PutChunksResponse;
import io.balsa.api.v1.ReadReceipt;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.StatObjectResponse;
import io.balsa.api.v1.Transaction;
import io.balsa.client.model.Sha256;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The services of a fake node. */
final class FakeServices {
  private static final int FRAME_BYTES = 10_000;

  private FakeServices() {}

  private static <A> void answer(StreamObserver<A> to, A answer) {
    to.onNext(answer);
    to.onCompleted();
  }

  static final class FakeClusterService extends ClusterGrpc.ClusterImplBase {
    private final FakeCluster cluster;
    private final FakeNode node;

    FakeClusterService(FakeCluster cluster, FakeNode node) {
      this.cluster = cluster;
      this.node = node;
    }

    private NodeIdentity identity(FakeNode of) {
      return NodeIdentity.newBuilder()
          .setNodeId(of.name)
          .setPeerId("p-" + of.name)
          .setPeerAddress(of.name + ":6000")
          .setClusterId(of == cluster.foreign ? "c-other" : cluster.clusterId)
          .setClientAddress(of.endpoint.toString())
          .build();
    }

    @Override
    public void getIdentity(GetIdentityRequest request, StreamObserver<GetIdentityResponse> to) {
      answer(
          to,
          GetIdentityResponse.newBuilder().setIdentity(identity(node)).setVersion("test").build());
    }

    @Override
    public void initCluster(InitClusterRequest request, StreamObserver<InitClusterResponse> to) {
      cluster.clusterId = "c-new";
      answer(to, InitClusterResponse.newBuilder().setClusterId("c-new").build());
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> to) {
      var status = GetStatusResponse.newBuilder().setIdentity(identity(node));
      cluster.nodes.forEach(member -> status.addMembers(identity(member)));
      for (String group : List.of("catalog", "chunks-1", "chunks-2", "chunks-3")) {
        status.addGroups(
            GroupStatus.newBuilder()
                .setName(group)
                .setTerm(cluster.term)
                .setLeaderNodeId(cluster.leader.name)
                .setRole(
                    node == cluster.leader
                        ? GroupRole.GROUP_ROLE_LEADER
                        : GroupRole.GROUP_ROLE_FOLLOWER));
      }
      answer(to, status.build());
    }
  }

  static final class FakeDatasets extends DatasetsGrpc.DatasetsImplBase {
    private final FakeState state;

    FakeDatasets(FakeState state) {
      this.state = state;
    }

    @Override
    public void createDataset(
        CreateDatasetRequest request, StreamObserver<CreateDatasetResponse> to) {
      var receipt = state.happen(request.getRequestId(), "create " + request.getName());
      answer(to, CreateDatasetResponse.newBuilder().setReceipt(receipt).build());
    }

    @Override
    public void getDataset(GetDatasetRequest request, StreamObserver<GetDatasetResponse> to) {
      answer(
          to,
          GetDatasetResponse.newBuilder()
              .setDataset(Dataset.newBuilder().setName(request.getName()))
              .setReceipt(ReadReceipt.newBuilder().setAgeMs(5))
              .build());
    }
  }

  static final class FakeChunks extends ChunksGrpc.ChunksImplBase {
    private final FakeState state;
    private final FakeNode node;

    FakeChunks(FakeState state, FakeNode node) {
      this.state = state;
      this.node = node;
    }

    @Override
    public void haveChunks(HaveChunksRequest request, StreamObserver<HaveChunksResponse> to) {
      var answer = HaveChunksResponse.newBuilder();
      for (ByteString id : request.getIdsList()) {
        answer.addPlaces(
            ChunkPlace.newBuilder()
                .setGroup(1 + (id.byteAt(0) & 0xff) % 3)
                .setPresent(state.chunks.containsKey(id)));
      }
      answer(to, answer.build());
    }

    @Override
    public void putChunks(PutChunksRequest request, StreamObserver<PutChunksResponse> to) {
      for (var chunk : request.getChunksList()) {
        if (!hash(chunk.getData()).equals(chunk.getId())) {
          to.onError(Errors.of(Status.Code.FAILED_PRECONDITION, "CHECKSUM_MISMATCH"));
          return;
        }
        state.store(chunk.getId(), chunk.getData());
      }
      answer(to, PutChunksResponse.newBuilder().setTerm(1).setIndex(1).build());
    }

    @Override
    public void getChunks(GetChunksRequest request, StreamObserver<GetChunksResponse> to) {
      ByteString bytes = state.chunks.get(request.getRanges(0).getId());
      for (ByteString frame : frames(bytes)) {
        to.onNext(GetChunksResponse.newBuilder().setData(rot(node, frame)).build());
      }
      to.onCompleted();
    }
  }

  static ByteString hash(ByteString bytes) {
    return ByteString.copyFrom(Sha256.of(bytes.toByteArray()).toBytes());
  }

  /** Wrong bytes from a node that is rotten. */
  static ByteString rot(FakeNode node, ByteString frame) {
    return node.rotten ? ByteString.copyFrom(new byte[frame.size()]) : frame;
  }

  static List<ByteString> frames(ByteString bytes) {
    return IntStream.iterate(0, at -> at < bytes.size(), at -> at + FRAME_BYTES)
        .mapToObj(at -> bytes.substring(at, Math.min(bytes.size(), at + FRAME_BYTES)))
        .toList();
  }

  static final class FakeObjects extends ObjectsGrpc.ObjectsImplBase {
    private final FakeState state;
    private final FakeNode node;

    FakeObjects(FakeState state, FakeNode node) {
      this.state = state;
      this.node = node;
    }

    @Override
    public void commitObjects(
        CommitObjectsRequest request, StreamObserver<CommitObjectsResponse> to) {
      if (request.getChangesList().stream().anyMatch(c -> c.getPath().contains("forbidden"))) {
        to.onError(
            Errors.of(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", Map.of("field", "path")));
        return;
      }
      var answer = CommitObjectsResponse.newBuilder();
      request.getChangesList().forEach(change -> answer.addResults(state.commit(change)));
      answer(to, answer.build());
    }

    private ObjectInfo.Builder object(String path, ObjectPut put) {
      return ObjectInfo.newBuilder()
          .setPath(path)
          .setSize(put.getSize())
          .setDigest(put.getDigest())
          .putAllMetadata(put.getMetadataMap());
    }

    private ReadReceipt receipt() {
      return ReadReceipt.newBuilder().setNodeId(node.name).build();
    }

    @Override
    public void statObject(StatObjectRequest request, StreamObserver<StatObjectResponse> to) {
      ObjectPut put = state.objects.get(request.getPath());
      if (put == null) {
        to.onError(Errors.of(Status.Code.NOT_FOUND, "OBJECT_NOT_FOUND"));
        return;
      }
      ObjectInfo.Builder object = object(request.getPath(), put);
      if (request.getWithChunks()) {
        object.addAllChunks(put.getChunksList());
      }
      answer(to, StatObjectResponse.newBuilder().setObject(object).setReceipt(receipt()).build());
    }

    @Override
    public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> to) {
      ObjectPut put = state.objects.get(request.getPath());
      if (put == null) {
        to.onError(Errors.of(Status.Code.NOT_FOUND, "OBJECT_NOT_FOUND"));
        return;
      }
      ByteString all = state.bytes(put);
      int from = (int) request.getOffset();
      long rest = (long) all.size() - from;
      long length = request.getLength() == 0 ? rest : Math.min(rest, request.getLength());
      ByteString wanted = all.substring(from, from + (int) length);
      to.onNext(
          GetObjectResponse.newBuilder()
              .setHead(
                  GetObjectHead.newBuilder()
                      .setObject(object(request.getPath(), put))
                      .setReceipt(receipt()))
              .build());
      for (ByteString frame : frames(wanted)) {
        to.onNext(GetObjectResponse.newBuilder().setData(rot(node, frame)).build());
      }
      to.onCompleted();
    }

    @Override
    public void listObjects(ListObjectsRequest request, StreamObserver<ListObjectsResponse> to) {
      List<Map.Entry<String, ObjectPut>> rest =
          state.objects.entrySet().stream()
              .filter(e -> e.getKey().compareTo(request.getPageToken()) > 0)
              .filter(e -> e.getKey().startsWith(request.getPrefix()))
              .toList();
      var answer = ListObjectsResponse.newBuilder().setRevision(7).setReceipt(receipt());
      rest.stream()
          .limit(request.getPageSize())
          .forEach(e -> answer.addObjects(object(e.getKey(), e.getValue())));
      if (rest.size() > request.getPageSize()) {
        answer.setNextPageToken(rest.get(request.getPageSize() - 1).getKey());
      }
      answer(to, answer.build());
    }

    @Override
    public void beginTransaction(
        BeginTransactionRequest request, StreamObserver<BeginTransactionResponse> to) {
      var receipt = state.happen(request.getRequestId(), "begin");
      answer(
          to,
          BeginTransactionResponse.newBuilder()
              .setTransaction(Transaction.newBuilder().setId(42))
              .setReceipt(receipt)
              .build());
    }

    @Override
    public void publishTransaction(
        PublishTransactionRequest request, StreamObserver<PublishTransactionResponse> to) {
      var receipt = state.happen(request.getRequestId(), "publish " + request.getTransactionId());
      answer(to, PublishTransactionResponse.newBuilder().setReceipt(receipt).build());
    }

    @Override
    public void abortTransaction(
        AbortTransactionRequest request, StreamObserver<AbortTransactionResponse> to) {
      var receipt = state.happen(request.getRequestId(), "abort " + request.getTransactionId());
      answer(to, AbortTransactionResponse.newBuilder().setReceipt(receipt).build());
    }
  }
}
