package io.balsa.client;

import io.balsa.api.v1.CreateDatasetRequest;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.DeleteDatasetRequest;
import io.balsa.api.v1.FenceDatasetRequest;
import io.balsa.api.v1.GetDatasetRequest;
import io.balsa.api.v1.ListDatasetsRequest;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.Fenced;
import io.balsa.client.model.Page;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.util.stream.Stream;

/** Datasets over RPC. */
record RemoteDatasets(Router router, Ids ids) implements Datasets {
  @Override
  public Result<WriteReceipt> create(String name, WriteOptions options) {
    String id = ids.of(options.requestId());
    var request =
        CreateDatasetRequest.newBuilder()
            .setRequestId(id)
            .setName(name)
            .setDurability(ToWire.durability(options.durability()))
            .build();
    return router.run(
        Call.write(
            DatasetsGrpc.getCreateDatasetMethod(),
            request,
            Aim.catalog(),
            id,
            answer -> FromWire.writeReceipt(answer.getReceipt())));
  }

  @Override
  public Result<Read<DatasetSummary>> get(String name, ReadOptions options) {
    var request =
        GetDatasetRequest.newBuilder()
            .setName(name)
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return router.run(
        Call.read(
            DatasetsGrpc.getGetDatasetMethod(),
            request,
            Aim.of(options),
            answer ->
                new Read<>(
                    FromWire.dataset(answer.getDataset()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  @Override
  public Stream<DatasetSummary> list(ReadOptions options) {
    return Pages.stream(token -> page(Pages.SIZE, token, options).map(Read::value));
  }

  @Override
  public Result<Read<Page<DatasetSummary>>> page(int size, String token, ReadOptions options) {
    var request =
        ListDatasetsRequest.newBuilder()
            .setPageSize(size)
            .setPageToken(token)
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return router.run(
        Call.read(
            DatasetsGrpc.getListDatasetsMethod(),
            request,
            Aim.of(options),
            answer ->
                new Read<>(
                    FromWire.page(
                        answer.getDatasetsList().stream().map(FromWire::dataset).toList(),
                        answer.getNextPageToken()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  @Override
  public Result<WriteReceipt> delete(String name, WriteOptions options) {
    return delete(name, false, options);
  }

  @Override
  public Result<WriteReceipt> deleteRecursively(String name, WriteOptions options) {
    return delete(name, true, options);
  }

  private Result<WriteReceipt> delete(String name, boolean recursive, WriteOptions options) {
    String id = ids.of(options.requestId());
    var request =
        DeleteDatasetRequest.newBuilder()
            .setRequestId(id)
            .setName(name)
            .setRecursive(recursive)
            .setDurability(ToWire.durability(options.durability()))
            .build();
    return router.run(
        Call.write(
            DatasetsGrpc.getDeleteDatasetMethod(),
            request,
            Aim.catalog(),
            id,
            answer -> FromWire.writeReceipt(answer.getReceipt())));
  }

  @Override
  public Result<Fenced> fence(String name, WriteOptions options) {
    String id = ids.of(options.requestId());
    var request =
        FenceDatasetRequest.newBuilder()
            .setRequestId(id)
            .setName(name)
            .setDurability(ToWire.durability(options.durability()))
            .build();
    return router.run(
        Call.write(
            DatasetsGrpc.getFenceDatasetMethod(),
            request,
            Aim.catalog(),
            id,
            answer -> new Fenced(answer.getEpoch(), FromWire.writeReceipt(answer.getReceipt()))));
  }
}
