package io.balsa.client;

import io.balsa.api.v1.CreateVersionRequest;
import io.balsa.api.v1.DatasetsGrpc;
import io.balsa.api.v1.DeleteVersionRequest;
import io.balsa.api.v1.GetVersionRequest;
import io.balsa.api.v1.ListVersionsRequest;
import io.balsa.client.model.CreatedVersion;
import io.balsa.client.model.NewVersion;
import io.balsa.client.model.Page;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.util.stream.Stream;

/** Versions over RPC. */
record RemoteVersions(Router router, Ids ids) implements Versions {
  @Override
  public Result<CreatedVersion> create(NewVersion version, WriteOptions options) {
    String id = ids.of(options.requestId());
    var request =
        CreateVersionRequest.newBuilder()
            .setRequestId(id)
            .setDataset(version.dataset())
            .setName(version.name())
            .setRevision(version.revision())
            .setMessage(version.message())
            .addAllParents(version.parents())
            .setDurability(ToWire.durability(options.durability()))
            .build();
    return router.run(
        Call.write(
            DatasetsGrpc.getCreateVersionMethod(),
            request,
            Aim.catalog(),
            id,
            answer ->
                new CreatedVersion(
                    FromWire.version(answer.getVersion()),
                    FromWire.writeReceipt(answer.getReceipt()))));
  }

  @Override
  public Result<WriteReceipt> delete(String dataset, String name, WriteOptions options) {
    String id = ids.of(options.requestId());
    var request =
        DeleteVersionRequest.newBuilder()
            .setRequestId(id)
            .setDataset(dataset)
            .setName(name)
            .setDurability(ToWire.durability(options.durability()))
            .build();
    return router.run(
        Call.write(
            DatasetsGrpc.getDeleteVersionMethod(),
            request,
            Aim.catalog(),
            id,
            answer -> FromWire.writeReceipt(answer.getReceipt())));
  }

  @Override
  public Result<Read<VersionEntry>> get(String dataset, String name, ReadOptions options) {
    var request =
        GetVersionRequest.newBuilder()
            .setDataset(dataset)
            .setName(name)
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return router.run(
        Call.read(
            DatasetsGrpc.getGetVersionMethod(),
            request,
            Aim.of(options),
            answer ->
                new Read<>(
                    FromWire.version(answer.getVersion()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  @Override
  public Stream<VersionEntry> list(String dataset, ReadOptions options) {
    return Pages.stream(token -> page(dataset, Pages.SIZE, token, options).map(Read::value));
  }

  @Override
  public Result<Read<Page<VersionEntry>>> page(
      String dataset, int size, String token, ReadOptions options) {
    var request =
        ListVersionsRequest.newBuilder()
            .setDataset(dataset)
            .setPageSize(size)
            .setPageToken(token)
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return router.run(
        Call.read(
            DatasetsGrpc.getListVersionsMethod(),
            request,
            Aim.of(options),
            answer ->
                new Read<>(
                    FromWire.page(
                        answer.getVersionsList().stream().map(FromWire::version).toList(),
                        answer.getNextPageToken()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }
}
