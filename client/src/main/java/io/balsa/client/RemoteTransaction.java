package io.balsa.client;

import io.balsa.api.v1.AbortTransactionRequest;
import io.balsa.api.v1.GetTransactionRequest;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.api.v1.PublishTransactionRequest;
import io.balsa.client.model.DeleteOptions;
import io.balsa.client.model.FolderUpload;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Read;
import io.balsa.client.model.ReadOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.Result;
import io.balsa.client.model.Source;
import io.balsa.client.model.Stored;
import io.balsa.client.model.TransactionEntry;
import io.balsa.client.model.UploadListener;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.WriteOptions;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.transfer.Target;
import io.balsa.client.transfer.Uploads;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction over RPC. Thread-safe. */
final class RemoteTransaction implements Transaction {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteTransaction.class);

  private final Target target;
  private final Tools tools;
  // True while close() is to abort: begun here, and no publish or abort that may have happened.
  private final AtomicBoolean abortOnClose;
  private final AtomicReference<String> publishId;
  private final String abortId;

  /** What a transaction works with; shared with its client. */
  record Tools(Router router, Ids ids, Uploads uploads) {}

  RemoteTransaction(Target target, boolean begunHere, Tools tools) {
    this.target = target;
    this.tools = tools;
    this.abortOnClose = new AtomicBoolean(begunHere);
    this.publishId = new AtomicReference<>(tools.ids().fresh().get());
    this.abortId = tools.ids().fresh().get();
  }

  @Override
  public long id() {
    return target.transactionId();
  }

  @Override
  public String dataset() {
    return target.dataset();
  }

  @Override
  public Result<Stored> put(String path, Source source, PutOptions options) throws IOException {
    return tools.uploads().put(target, path, source, options);
  }

  @Override
  public Result<WriteReceipt> delete(String path, DeleteOptions options) {
    return RemoteObjects.delete(tools.router(), tools.ids(), target, path, options);
  }

  @Override
  public UploadSummary uploadFolder(FolderUpload upload, UploadListener listener)
      throws IOException {
    return tools.uploads().folder(target, upload, listener);
  }

  @Override
  public Result<WriteReceipt> publish(WriteOptions options) {
    boolean before = abortOnClose.getAndSet(false);
    String id = options.requestId().orElseGet(publishId::get);
    var request =
        PublishTransactionRequest.newBuilder()
            .setRequestId(id)
            .setDataset(dataset())
            .setTransactionId(id())
            .setDurability(ToWire.durability(options.durability()))
            .build();
    Result<WriteReceipt> result =
        tools
            .router()
            .run(
                Call.write(
                    ObjectsGrpc.getPublishTransactionMethod(),
                    request,
                    Aim.catalog(),
                    id,
                    answer -> FromWire.writeReceipt(answer.getReceipt())));
    if (result instanceof Result.No) {
      // It certainly was not published: it may be tried anew, under an id without a remembered
      // refusal, or aborted.
      abortOnClose.set(before);
      publishId.set(tools.ids().fresh().get());
    }
    return result;
  }

  @Override
  public Result<WriteReceipt> abort() {
    var request =
        AbortTransactionRequest.newBuilder()
            .setRequestId(abortId)
            .setDataset(dataset())
            .setTransactionId(id())
            .build();
    Result<WriteReceipt> result =
        tools
            .router()
            .run(
                Call.write(
                    ObjectsGrpc.getAbortTransactionMethod(),
                    request,
                    Aim.catalog(),
                    abortId,
                    answer -> FromWire.writeReceipt(answer.getReceipt())));
    if (result.isYes()) {
      abortOnClose.set(false);
    }
    return result;
  }

  @Override
  public Result<Read<TransactionEntry>> status(ReadOptions options) {
    var request =
        GetTransactionRequest.newBuilder()
            .setDataset(dataset())
            .setTransactionId(id())
            .setConsistency(ToWire.consistency(options.consistency()))
            .build();
    return tools
        .router()
        .run(
            Call.read(
                ObjectsGrpc.getGetTransactionMethod(),
                request,
                Aim.of(options),
                answer ->
                    new Read<>(
                        FromWire.transaction(answer.getTransaction()),
                        FromWire.readReceipt(answer.getReceipt()))));
  }

  @Override
  public void close() {
    if (!abortOnClose.getAndSet(false)) {
      return;
    }
    // An abort that fails costs space, not correctness: nothing of the transaction is visible.
    switch (abort()) {
      case Result.Yes<WriteReceipt> done -> {}
      case Result.No<WriteReceipt>(Refusal refusal) ->
          LOG.atWarn()
              .addKeyValue("transaction", id())
              .addKeyValue("refusal", refusal)
              .log("transaction left open");
      case Result.Unknown<WriteReceipt>(String id, String why) ->
          LOG.atWarn()
              .addKeyValue("transaction", id())
              .addKeyValue("request", id)
              .addKeyValue("why", why)
              .log("transaction may be left open");
    }
  }
}
