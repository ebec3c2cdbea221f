package io.balsa.client.transfer;

import io.balsa.api.v1.ChangeResult;
import io.balsa.api.v1.CommitObjectsRequest;
import io.balsa.api.v1.CommitObjectsResponse;
import io.balsa.api.v1.ObjectChange;
import io.balsa.api.v1.ObjectPut;
import io.balsa.api.v1.ObjectsGrpc;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.Durability;
import io.balsa.client.model.PutOptions;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.Result;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.WriteReceipt;
import io.balsa.client.routing.Aim;
import io.balsa.client.routing.Call;
import io.balsa.client.routing.Router;
import io.balsa.client.wire.FromWire;
import io.balsa.client.wire.ToWire;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Makes objects of stored chunks. Thread-safe.
 *
 * @param router runs the calls
 */
record Commits(Router router) {
  /**
   * An object whose chunks are stored.
   *
   * @param size the sum of the chunks' lengths
   * @param digest SHA-256 of all bytes
   * @param chunks in order
   * @param bytesSent bytes that the cluster did not have
   */
  record Content(long size, Sha256 digest, List<ChunkPlacement> chunks, long bytesSent) {}

  /** The change that puts an object. */
  static ObjectChange put(String requestId, String path, Content content, PutOptions options) {
    var put =
        ObjectPut.newBuilder()
            .setSize(content.size())
            .setDigest(ToWire.digest(content.digest()))
            .putAllMetadata(options.metadata());
    content.chunks().forEach(chunk -> put.addChunks(ToWire.chunk(chunk)));
    var change = ObjectChange.newBuilder().setRequestId(requestId).setPath(path).setPut(put);
    if (options.precondition().isPresent()) {
      change.setPrecondition(ToWire.precondition(options.precondition()));
    }
    return change.build();
  }

  /**
   * Makes changes, each of which succeeds or fails alone; one result for each, in their order.
   *
   * @param changes 1 to 1,000 of them
   */
  List<Result<WriteReceipt>> commit(
      Target target, OptionalLong epoch, Durability durability, List<ObjectChange> changes) {
    var request =
        CommitObjectsRequest.newBuilder()
            .setDataset(target.dataset())
            .setTransactionId(target.transactionId())
            .addAllChanges(changes)
            .setDurability(ToWire.durability(durability));
    epoch.ifPresent(request::setEpoch);
    Result<List<Result<WriteReceipt>>> all =
        router.run(
            Call.write(
                ObjectsGrpc.getCommitObjectsMethod(),
                request.build(),
                Aim.catalog(),
                changes.getFirst().getRequestId(),
                answer -> results(answer, changes.size())));
    return switch (all) {
      case Result.Yes<List<Result<WriteReceipt>>>(var results) -> results;
      case Result.No<List<Result<WriteReceipt>>>(Refusal refusal) ->
          isOneOfThemWrong(refusal, changes)
              ? halves(target, epoch, durability, changes)
              : changes.stream().map(change -> Result.<WriteReceipt>no(refusal)).toList();
      case Result.Unknown<List<Result<WriteReceipt>>>(var id, var why) ->
          changes.stream()
              .map(change -> Result.<WriteReceipt>unknown(change.getRequestId(), why))
              .toList();
    };
  }

  /** A node may refuse a whole request for a single change that breaks a rule. */
  private static boolean isOneOfThemWrong(Refusal refusal, List<ObjectChange> changes) {
    return refusal.code() == RefusalCode.INVALID_ARGUMENT && changes.size() > 1;
  }

  private List<Result<WriteReceipt>> halves(
      Target target, OptionalLong epoch, Durability durability, List<ObjectChange> changes) {
    int middle = changes.size() / 2;
    List<Result<WriteReceipt>> results = new ArrayList<>();
    results.addAll(commit(target, epoch, durability, changes.subList(0, middle)));
    results.addAll(commit(target, epoch, durability, changes.subList(middle, changes.size())));
    return results;
  }

  private static List<Result<WriteReceipt>> results(CommitObjectsResponse answer, int wanted) {
    if (answer.getResultsCount() != wanted) {
      throw new IllegalArgumentException(
          answer.getResultsCount() + " results for " + wanted + " changes");
    }
    List<Result<WriteReceipt>> results = new ArrayList<>();
    for (ChangeResult result : answer.getResultsList()) {
      results.add(
          switch (result.getResultCase()) {
            case RECEIPT -> Result.yes(FromWire.writeReceipt(result.getReceipt()));
            case REJECTION -> Result.no(FromWire.rejection(result.getRejection()));
            case RESULT_NOT_SET -> throw new IllegalArgumentException("a result without content");
          });
    }
    return results;
  }
}
