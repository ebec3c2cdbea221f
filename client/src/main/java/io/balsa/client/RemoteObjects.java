package io.balsa.client;

import io.balsa.api.v1.DeleteObjectRequest;
import io.balsa.api.v1.ListObjectsRequest;
import io.balsa.api.v1.ListObjectsResponse;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.StatObjectRequest;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.GetOptions;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.ListOptions;
import io.balsa.client.model.Listing;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Result;
import io.balsa.client.model.Snapshot;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.transfer.Downloads;
import io.balsa.client.transfer.Target;
import io.balsa.client.transfer.Uploads;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Objects over RPC. */
record RemoteObjects(Router router, Ids ids, Uploads uploads, Downloads downloads)
    implements Objects {
  @Override
  public Result<Stored> put(String dataset, String path, Source source, PutOptions options)
      throws IOException {
    return uploads.put(new Target(dataset, 0), path, source, options);
  }

  @Override
  public Result<Read<ObjectStat>> get(
      String dataset, String path, GetOptions options, OutputStream to) throws IOException {
    return downloads.get(dataset, path, options, to);
  }

  @Override
  public Result<Read<ObjectStat>> stat(
      String dataset, String path, Snapshot snapshot, ReadOptions options) {
    var request =
        StatObjectRequest.newBuilder()
            .setDataset(dataset)
            .setPath(path)
            .setSnapshot(ToWire.snapshot(snapshot))
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return router.run(
        Call.read(
            ObjectsGrpc.getStatObjectMethod(),
            request,
            Aim.of(options),
            answer ->
                new Read<>(
                    FromWire.object(answer.getObject()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  @Override
  public Result<Read<ObjectLayout>> layout(
      String dataset, String path, Snapshot snapshot, ReadOptions options) {
    return downloads.layout(dataset, path, snapshot, options);
  }

  @Override
  public Stream<ListEntry> list(String dataset, ListOptions options) {
    return Pages.stream(token -> page(dataset, token, options).map(read -> read.value().page()));
  }

  @Override
  public Result<Read<Listing>> page(String dataset, String token, ListOptions options) {
    var request =
        ListObjectsRequest.newBuilder()
            .setDataset(dataset)
            .setSnapshot(ToWire.snapshot(options.snapshot()))
            .setPrefix(options.prefix())
            .setDelimiter(options.folded() ? "/" : "")
            .setPageSize(options.pageSize())
            .setPageToken(token)
            .setConsistency(ToWire.consistency(options.read().consistency()))
            .build();
    return router.run(
        Call.read(
            ObjectsGrpc.getListObjectsMethod(),
            request,
            Aim.of(options.read()),
            answer ->
                new Read<>(
                    new Listing(
                        FromWire.page(entries(answer), answer.getNextPageToken()),
                        answer.getRevision()),
                    FromWire.readReceipt(answer.getReceipt()))));
  }

  /** Merges the two lists of an answer into one in byte order of path. */
  private static List<ListEntry> entries(ListObjectsResponse answer) {
    List<ListEntry> entries = new ArrayList<>();
    answer.getObjectsList().forEach(o -> entries.add(new ListEntry.Found(FromWire.object(o))));
    answer.getCommonPrefixesList().forEach(p -> entries.add(new ListEntry.Folder(p)));
    if (answer.getCommonPrefixesCount() > 0) {
      entries.sort((left, right) -> Utf8Order.compare(left.path(), right.path()));
    }
    return entries;
  }

  @Override
  public Result<WriteReceipt> delete(String dataset, String path, DeleteOptions options) {
    return delete(router, ids, new Target(dataset, 0), path, options);
  }

  static Result<WriteReceipt> delete(
      Router router, Ids ids, Target target, String path, DeleteOptions options) {
    String id = ids.of(options.write().requestId());
    var request =
        DeleteObjectRequest.newBuilder()
            .setRequestId(id)
            .setDataset(target.dataset())
            .setPath(path)
            .setTransactionId(target.transactionId())
            .setDurability(ToWire.durability(options.write().durability()));
    if (options.precondition().isPresent()) {
      request.setPrecondition(ToWire.precondition(options.precondition()));
    }
    options.epoch().ifPresent(request::setEpoch);
    return router.run(
        Call.write(
            ObjectsGrpc.getDeleteObjectMethod(),
            request.build(),
            Aim.catalog(),
            id,
            answer -> FromWire.writeReceipt(answer.getReceipt())));
  }

  @Override
  public UploadSummary uploadFolder(String dataset, FolderUpload upload, UploadListener listener)
      throws IOException {
    return uploads.folder(new Target(dataset, 0), upload, listener);
  }
}
