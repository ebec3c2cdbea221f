package io.balsa.service.grpc;

import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.CreateDatasetResponse;
import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.CreateVersionResponse;
import io.balsa.api.v1.Dataset;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.DeleteDatasetRequest;
import io.balsa.api.v1.DeleteDatasetResponse;
import io.balsa.api.v1.DeleteVersionRequest;
import io.balsa.api.v1.DeleteVersionResponse;
import io.balsa.api.v1.FenceDatasetRequest;
import io.balsa.api.v1.FenceDatasetResponse;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.api.v1.GetDatasetResponse;
import io.balsa.api.v1.GetVersionRequest;
import io.balsa.api.v1.GetVersionResponse;
import io.balsa.api.v1.ListDatasetsRequest;
import io.balsa.api.v1.ListDatasetsResponse;
import io.balsa.api.v1.ListVersionsRequest;
import io.balsa.api.v1.ListVersionsResponse;
import io.balsa.api.v1.Version;
import io.balsa.catalog.CatalogView.Cursor;
import io.balsa.catalog.ClosableView;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.VersionRow;
import io.balsa.command.Command;
import io.balsa.command.Envelope;
import io.balsa.command.Reason;
import io.balsa.model.DatasetName;
import io.balsa.model.InvalidField;
import io.balsa.model.VersionName;
import io.balsa.service.grpc.Mutations.Done;
import io.balsa.service.grpc.Mutations.Mutation;
import io.balsa.service.grpc.Mutations.Reach;
import io.balsa.service.grpc.ToLeader.Hop;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Datasets and their versions. Thread-safe. */
final class DatasetsService extends DatasetsGrpc.DatasetsImplBase {
  private static final int PAGE_SIZE_UNSET = 100;
  private static final long DATASETS_SCOPE = PageToken.scope("datasets");
  private static final long VERSIONS_SCOPE = PageToken.scope("versions");

  private final Calls calls;
  private final FreshReads reads;
  private final Mutations mutations;
  private final Supplier<String> requestIds;

  DatasetsService(Calls calls, FreshReads reads, Mutations mutations, Supplier<String> requestIds) {
    this.calls = calls;
    this.reads = reads;
    this.mutations = mutations;
    this.requestIds = requestIds;
  }

  @Override
  public void createDataset(CreateDatasetRequest given, StreamObserver<CreateDatasetResponse> out) {
    calls.answer(
        out,
        budget -> {
          CreateDatasetRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return mutations.run(
              new Mutation<>(
                  new Hop<>(DatasetsGrpc.getCreateDatasetMethod(), request),
                  new Envelope(
                      Fields.requestId(request.getRequestId()),
                      new Command.CreateDataset(Fields.dataset("name", request.getName()))),
                  Fields.durability(request.getDurability()),
                  Reach.NAMES),
              done -> CreateDatasetResponse.newBuilder().setReceipt(done.receipt()).build(),
              budget);
        });
  }

  @Override
  public void deleteDataset(DeleteDatasetRequest given, StreamObserver<DeleteDatasetResponse> out) {
    calls.answer(
        out,
        budget -> {
          DeleteDatasetRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return mutations.run(
              new Mutation<>(
                  new Hop<>(DatasetsGrpc.getDeleteDatasetMethod(), request),
                  new Envelope(
                      Fields.requestId(request.getRequestId()),
                      new Command.DeleteDataset(
                          Fields.dataset("name", request.getName()), request.getRecursive())),
                  Fields.durability(request.getDurability()),
                  Reach.NAMES),
              done -> DeleteDatasetResponse.newBuilder().setReceipt(done.receipt()).build(),
              budget);
        });
  }

  @Override
  public void fenceDataset(FenceDatasetRequest given, StreamObserver<FenceDatasetResponse> out) {
    calls.answer(
        out,
        budget -> {
          FenceDatasetRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return mutations.run(
              new Mutation<>(
                  new Hop<>(DatasetsGrpc.getFenceDatasetMethod(), request),
                  new Envelope(
                      Fields.requestId(request.getRequestId()),
                      new Command.FenceDataset(Fields.dataset("name", request.getName()))),
                  Fields.durability(request.getDurability()),
                  Reach.NAMES),
              done ->
                  FenceDatasetResponse.newBuilder()
                      .setEpoch(done.value())
                      .setReceipt(done.receipt())
                      .build(),
              budget);
        });
  }

  @Override
  public void createVersion(CreateVersionRequest given, StreamObserver<CreateVersionResponse> out) {
    calls.answer(
        out,
        budget -> {
          CreateVersionRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          Command.CreateVersion command = createVersion(request);
          return mutations.run(
              new Mutation<>(
                  new Hop<>(DatasetsGrpc.getCreateVersionMethod(), request),
                  new Envelope(Fields.requestId(request.getRequestId()), command),
                  Fields.durability(request.getDurability()),
                  Reach.NAMES),
              done ->
                  CreateVersionResponse.newBuilder()
                      .setReceipt(done.receipt())
                      .setVersion(created(command, done))
                      .build(),
              budget);
        });
  }

  @Override
  public void deleteVersion(DeleteVersionRequest given, StreamObserver<DeleteVersionResponse> out) {
    calls.answer(
        out,
        budget -> {
          DeleteVersionRequest request =
              given.toBuilder().setRequestId(id(given.getRequestId())).build();
          return mutations.run(
              new Mutation<>(
                  new Hop<>(DatasetsGrpc.getDeleteVersionMethod(), request),
                  new Envelope(
                      Fields.requestId(request.getRequestId()),
                      new Command.DeleteVersion(
                          Fields.dataset("dataset", request.getDataset()),
                          Fields.version("name", request.getName()))),
                  Fields.durability(request.getDurability()),
                  Reach.NAMES),
              done -> DeleteVersionResponse.newBuilder().setReceipt(done.receipt()).build(),
              budget);
        });
  }

  private static Command.CreateVersion createVersion(CreateVersionRequest request) {
    return new Command.CreateVersion(
        Fields.dataset("dataset", request.getDataset()),
        Fields.version("name", request.getName()),
        Fields.number("revision", request.getRevision(), 0, Long.MAX_VALUE),
        request.getMessage(),
        request.getParentsList().stream()
            .map(parent -> Fields.version("parents", parent))
            .toList());
  }

  /** The row; where a retry comes after its dataset is gone, what the row said. */
  private static Version created(Command.CreateVersion command, Done done) {
    try (ClosableView view = done.catalog().view()) {
      return view.dataset(command.dataset())
          .flatMap(dataset -> view.version(dataset.id(), command.version()))
          .map(row -> Answers.version(command.dataset(), row))
          .orElseGet(
              () ->
                  Version.newBuilder()
                      .setDataset(command.dataset().text())
                      .setName(command.version().text())
                      .setRevision(done.value())
                      .setMessage(command.message())
                      .addAllParents(command.parents().stream().map(VersionName::text).toList())
                      .build());
    }
  }

  @Override
  public void getDataset(GetDatasetRequest request, StreamObserver<GetDatasetResponse> out) {
    calls.answer(
        out,
        budget ->
            reads.dataset(
                Fields.dataset("name", request.getName()),
                Fields.rule(request.getConsistency()),
                budget,
                scene ->
                    GetDatasetResponse.newBuilder()
                        .setDataset(Answers.dataset(scene.dataset()))
                        .setReceipt(scene.receipt())
                        .build()));
  }

  @Override
  public void listDatasets(ListDatasetsRequest request, StreamObserver<ListDatasetsResponse> out) {
    calls.answer(
        out,
        budget -> {
          int pageSize = Fields.pageSize(request.getPageSize(), PAGE_SIZE_UNSET);
          Optional<PageToken> token = token(request.getPageToken(), DATASETS_SCOPE);
          token.ifPresent(given -> name(given, request.getPageToken(), DatasetName::new));
          return reads.read(
              Fields.rule(request.getConsistency()),
              budget,
              seen -> {
                ListDatasetsResponse.Builder answer =
                    ListDatasetsResponse.newBuilder().setReceipt(seen.receipt());
                String last = token.map(PageToken::last).orElse("");
                try (Cursor<DatasetRow> rows = seen.view().datasets(last)) {
                  List<Dataset> page =
                      page(rows, last, row -> row.name().text(), Answers::dataset, pageSize);
                  answer.addAllDatasets(page);
                  if (rows.hasNext()) {
                    answer.setNextPageToken(
                        new PageToken(0, 0, DATASETS_SCOPE, page.getLast().getName()).encode());
                  }
                }
                return answer.build();
              });
        });
  }

  @Override
  public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> out) {
    calls.answer(
        out,
        budget -> {
          DatasetName dataset = Fields.dataset("dataset", request.getDataset());
          VersionName name = Fields.version("name", request.getName());
          return reads.dataset(
              dataset,
              Fields.rule(request.getConsistency()),
              budget,
              scene ->
                  scene
                      .view()
                      .version(scene.dataset().id(), name)
                      .map(
                          row ->
                              GetVersionResponse.newBuilder()
                                  .setVersion(Answers.version(dataset, row))
                                  .setReceipt(scene.receipt())
                                  .build())
                      .orElseThrow(() -> Problems.notFound(Reason.VERSION_NOT_FOUND).refusal()));
        });
  }

  @Override
  public void listVersions(ListVersionsRequest request, StreamObserver<ListVersionsResponse> out) {
    calls.answer(
        out,
        budget -> {
          DatasetName dataset = Fields.dataset("dataset", request.getDataset());
          int pageSize = Fields.pageSize(request.getPageSize(), PAGE_SIZE_UNSET);
          Optional<PageToken> token = token(request.getPageToken(), VERSIONS_SCOPE);
          token.ifPresent(given -> name(given, request.getPageToken(), VersionName::new));
          return reads.dataset(
              dataset,
              Fields.rule(request.getConsistency()),
              budget,
              scene -> {
                long id = scene.dataset().id();
                if (token.isPresent() && token.get().datasetId() != id) {
                  throw PageToken.wrong(request.getPageToken());
                }
                ListVersionsResponse.Builder answer =
                    ListVersionsResponse.newBuilder().setReceipt(scene.receipt());
                String last = token.map(PageToken::last).orElse("");
                try (Cursor<VersionRow> rows = scene.view().versions(id, last)) {
                  List<Version> page =
                      page(
                          rows,
                          last,
                          row -> row.name().text(),
                          row -> Answers.version(dataset, row),
                          pageSize);
                  answer.addAllVersions(page);
                  if (rows.hasNext()) {
                    answer.setNextPageToken(
                        new PageToken(id, 0, VERSIONS_SCOPE, page.getLast().getName()).encode());
                  }
                }
                return answer.build();
              });
        });
  }

  private String id(String given) {
    return given.isEmpty() ? requestIds.get() : given;
  }

  private static Optional<PageToken> token(String given, long scope) {
    return given.isEmpty() ? Optional.empty() : Optional.of(PageToken.decode(given, scope));
  }

  /** A forged token can hold any text. */
  private static void name(PageToken token, String given, Function<String, ?> type) {
    try {
      var _ = type.apply(token.last());
    } catch (InvalidField e) {
      throw PageToken.wrong(given);
    }
  }

  /** The rows behind {@code last}, at most a page of them; the cursor stands behind the page. */
  private static <T, M> List<M> page(
      Cursor<T> rows, String last, Function<T, String> name, Function<T, M> message, int size) {
    List<M> page = new ArrayList<>();
    while (page.size() < size && rows.hasNext()) {
      T row = rows.next();
      if (!name.apply(row).equals(last)) {
        page.add(message.apply(row));
      }
    }
    return page;
  }
}
