package io.balsa.service.grpc;

import io.balsa.api.v1.AbortTransactionRequest;
import io.balsa.api.v1.AbortTransactionResponse;
import io.balsa.api.v1.BeginTransactionRequest;
import io.balsa.api.v1.BeginTransactionResponse;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.CommitObjectsResponse;
import io.balsa.api.v1.DeleteObjectRequest;
import io.balsa.api.v1.DeleteObjectResponse;
import io.balsa.api.v1.Durability;
import io.balsa.api.v1.GetObjectRequest;
import io.balsa.api.v1.GetObjectResponse;
import io.balsa.api.v1.GetTransactionRequest;
import io.balsa.api.v1.GetTransactionResponse;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ListObjectsResponse;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PublishTransactionRequest;
import io.balsa.api.v1.PublishTransactionResponse;
import io.balsa.api.v1.PutObjectRequest;
import io.balsa.api.v1.PutObjectResponse;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.api.v1.StatObjectResponse;
import io.balsa.api.v1.Transaction;
import io.balsa.api.v1.TransactionState;
import io.balsa.catalog.CatalogQueries;
import io.balsa.catalog.ClosableView;
import io.balsa.command.Command;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.model.DatasetName;
import io.balsa.model.ObjectPath;
import io.balsa.service.grpc.Mutations.Done;
import io.balsa.service.grpc.Mutations.Mutation;
import io.balsa.service.grpc.Mutations.Reach;
import io.balsa.service.grpc.ToLeader.Hop;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Objects and transactions. Thread-safe. */
final class ObjectsService extends ObjectsGrpc.ObjectsImplBase {
  private final Calls calls;
  private final Parts parts;
  private final ServiceOptions options;
  private final Supplier<String> requestIds;

  /**
   * What it is made of.
   *
   * @param reads resolves names
   * @param mutations changes names
   * @param commits changes objects
   * @param chunks stores bytes
   * @param fetch gets bytes
   */
  record Parts(
      FreshReads reads,
      Mutations mutations,
      ObjectCommits commits,
      ChunkStore chunks,
      ChunkFetch fetch) {}

  ObjectsService(Calls calls, Parts parts, ServiceOptions options, Supplier<String> requestIds) {
    this.calls = calls;
    this.parts = parts;
    this.options = options;
    this.requestIds = requestIds;
  }

  @Override
  public StreamObserver<PutObjectRequest> putObject(StreamObserver<PutObjectResponse> out) {
    var call = (ServerCallStreamObserver<PutObjectResponse>) out;
    Inbound<PutObjectRequest> in = new Inbound<>(call, options.stallTimeout());
    calls.stream(
        call,
        () ->
            call.onNext(new ObjectUpload(calls, parts.chunks(), parts.commits(), options).run(in)));
    return in;
  }

  @Override
  public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> out) {
    var call = (ServerCallStreamObserver<GetObjectResponse>) out;
    ReadyStream<GetObjectResponse> stream = new ReadyStream<>(call, options.stallTimeout());
    calls.stream(
        call,
        () ->
            new ObjectDownload(calls, parts.reads(), parts.fetch(), options.chunksInFlight())
                .run(request, stream));
  }

  @Override
  public void statObject(StatObjectRequest request, StreamObserver<StatObjectResponse> out) {
    calls.answer(
        out,
        budget -> {
          DatasetName dataset = Fields.dataset("dataset", request.getDataset());
          ObjectPath path = Fields.path(request.getPath());
          Snapshot snapshot = Fields.snapshot(request.getSnapshot());
          return parts
              .reads()
              .dataset(
                  dataset,
                  snapshot,
                  Fields.rule(request.getConsistency(), snapshot),
                  budget,
                  scene ->
                      CatalogQueries.stat(
                              scene.view(), scene.dataset().id(), path, scene.revision())
                          .map(
                              object ->
                                  StatObjectResponse.newBuilder()
                                      .setObject(Answers.object(object, request.getWithChunks()))
                                      .setReceipt(scene.receipt())
                                      .build())
                          .orElseThrow(() -> Problems.notFound(Reason.OBJECT_NOT_FOUND).refusal()));
        });
  }

  @Override
  public void listObjects(ListObjectsRequest request, StreamObserver<ListObjectsResponse> out) {
    calls.answer(out, budget -> new ObjectListing(parts.reads()).list(request, budget));
  }

  @Override
  public void deleteObject(DeleteObjectRequest given, StreamObserver<DeleteObjectResponse> out) {
    calls.answer(
        out,
        budget -> {
          DeleteObjectRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return parts
              .mutations()
              .run(
                  new Mutation<>(
                      new Hop<>(ObjectsGrpc.getDeleteObjectMethod(), request),
                      new Envelope(
                          Fields.requestId(request.getRequestId()),
                          new Command.DeleteObject(
                              Fields.dataset("dataset", request.getDataset()),
                              Fields.path(request.getPath()),
                              Fields.scope(
                                  request.getTransactionId(),
                                  Fields.epoch(request.hasEpoch(), request.getEpoch())),
                              Fields.precondition(request.getPrecondition()))),
                      Fields.durability(request.getDurability()),
                      Reach.NAMES),
                  done -> DeleteObjectResponse.newBuilder().setReceipt(done.receipt()).build(),
                  budget);
        });
  }

  @Override
  public void commitObjects(
      CommitObjectsRequest request, StreamObserver<CommitObjectsResponse> out) {
    calls.answer(out, budget -> parts.commits().commit(request, budget));
  }

  @Override
  public void beginTransaction(
      BeginTransactionRequest given, StreamObserver<BeginTransactionResponse> out) {
    calls.answer(
        out,
        budget -> {
          BeginTransactionRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          Command.BeginTransaction command =
              new Command.BeginTransaction(
                  Fields.dataset("dataset", request.getDataset()),
                  Fields.epoch(request.hasEpoch(), request.getEpoch()));
          return parts
              .mutations()
              .run(
                  new Mutation<>(
                      new Hop<>(ObjectsGrpc.getBeginTransactionMethod(), request),
                      new Envelope(Fields.requestId(request.getRequestId()), command),
                      Durability.DURABILITY_MAJORITY,
                      Reach.NAMES),
                  done ->
                      BeginTransactionResponse.newBuilder()
                          .setTransaction(begun(command, done))
                          .setReceipt(done.receipt())
                          .build(),
                  budget);
        });
  }

  /** The row; where a retry comes after it is gone, what it said. */
  private static Transaction begun(Command.BeginTransaction command, Done done) {
    try (ClosableView view = done.catalog().view()) {
      return view.transaction(done.value())
          .map(row -> Answers.transaction(command.dataset(), row))
          .orElseGet(
              () ->
                  Transaction.newBuilder()
                      .setId(done.value())
                      .setDataset(command.dataset().text())
                      .setState(TransactionState.TRANSACTION_STATE_ABORTED)
                      .setEpoch(command.epoch().orElse(0))
                      .build());
    }
  }

  @Override
  public void publishTransaction(
      PublishTransactionRequest given, StreamObserver<PublishTransactionResponse> out) {
    calls.answer(
        out,
        budget -> {
          PublishTransactionRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return parts
              .mutations()
              .run(
                  new Mutation<>(
                      new Hop<>(ObjectsGrpc.getPublishTransactionMethod(), request),
                      new Envelope(
                          Fields.requestId(request.getRequestId()),
                          new Command.PublishTransaction(
                              Fields.dataset("dataset", request.getDataset()),
                              Fields.transactionId(request.getTransactionId()))),
                      Fields.durability(request.getDurability()),
                      Reach.ALL_CHUNKS),
                  done ->
                      PublishTransactionResponse.newBuilder().setReceipt(done.receipt()).build(),
                  budget);
        });
  }

  @Override
  public void abortTransaction(
      AbortTransactionRequest given, StreamObserver<AbortTransactionResponse> out) {
    calls.answer(
        out,
        budget -> {
          AbortTransactionRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return parts
              .mutations()
              .run(
                  new Mutation<>(
                      new Hop<>(ObjectsGrpc.getAbortTransactionMethod(), request),
                      new Envelope(
                          Fields.requestId(request.getRequestId()),
                          new Command.AbortTransaction(
                              Fields.dataset("dataset", request.getDataset()),
                              Fields.transactionId(request.getTransactionId()))),
                      Durability.DURABILITY_MAJORITY,
                      Reach.NAMES),
                  done -> AbortTransactionResponse.newBuilder().setReceipt(done.receipt()).build(),
                  budget);
        });
  }

  @Override
  public void getTransaction(
      GetTransactionRequest request, StreamObserver<GetTransactionResponse> out) {
    calls.answer(
        out,
        budget -> {
          DatasetName dataset = Fields.dataset("dataset", request.getDataset());
          long id = Fields.transactionId(request.getTransactionId());
          return parts
              .reads()
              .dataset(
                  dataset,
                  Fields.rule(request.getConsistency()),
                  budget,
                  scene ->
                      scene
                          .view()
                          .transaction(id)
                          .filter(row -> row.datasetId() == scene.dataset().id())
                          .map(
                              row ->
                                  GetTransactionResponse.newBuilder()
                                      .setTransaction(Answers.transaction(dataset, row))
                                      .setReceipt(scene.receipt())
                                      .build())
                          .orElseThrow(
                              () -> Problems.notFound(Reason.TRANSACTION_NOT_FOUND).refusal()));
        });
  }

  private String id(String given) {
    return given.isEmpty() ? requestIds.get() : given;
  }
}
