package io.balsa.command;

import com.google.protobuf.ByteString;
import io.balsa.model.ChunkRef;
import io.balsa.model.Precondition;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import io.balsa.proto.log.v1.AbortTransaction;
import io.balsa.proto.log.v1.BeginTransaction;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.Chunk;
import io.balsa.proto.log.v1.Condition;
import io.balsa.proto.log.v1.CreateDataset;
import io.balsa.proto.log.v1.CreateVersion;
import io.balsa.proto.log.v1.DeleteDataset;
import io.balsa.proto.log.v1.DeleteObject;
import io.balsa.proto.log.v1.DeleteVersion;
import io.balsa.proto.log.v1.FenceDataset;
import io.balsa.proto.log.v1.PublishTransaction;
import io.balsa.proto.log.v1.PutObject;
import io.balsa.proto.log.v1.Scope;
import io.balsa.proto.log.v1.SealVersion;

/** Commands to {@code balsa.log.v1}. What is at its default is left out. */
final class CommandEncoder {
  private CommandEncoder() {}

  /** Everything but the request id. */
  static CatalogCommand.Builder encode(Command command) {
    CatalogCommand.Builder to = CatalogCommand.newBuilder();
    return switch (command) {
      case Command.CreateDataset c ->
          to.setCreateDataset(CreateDataset.newBuilder().setDataset(c.dataset().text()));
      case Command.DeleteDataset c ->
          to.setDeleteDataset(
              DeleteDataset.newBuilder()
                  .setDataset(c.dataset().text())
                  .setRecursive(c.recursive()));
      case Command.FenceDataset c ->
          to.setFenceDataset(FenceDataset.newBuilder().setDataset(c.dataset().text()));
      case Command.BeginTransaction c -> to.setBeginTransaction(begin(c));
      case Command.PutObject c -> to.setPutObject(put(c));
      case Command.DeleteObject c -> to.setDeleteObject(delete(c));
      case Command.PublishTransaction c ->
          to.setPublishTransaction(
              PublishTransaction.newBuilder()
                  .setDataset(c.dataset().text())
                  .setTransactionId(c.transactionId()));
      case Command.AbortTransaction c ->
          to.setAbortTransaction(
              AbortTransaction.newBuilder()
                  .setDataset(c.dataset().text())
                  .setTransactionId(c.transactionId()));
      case Command.CreateVersion c -> to.setCreateVersion(version(c));
      case Command.SealVersion c -> to.setSealVersion(seal(c));
      case Command.DeleteVersion c ->
          to.setDeleteVersion(
              DeleteVersion.newBuilder()
                  .setDataset(c.dataset().text())
                  .setVersion(c.version().text()));
      case Upkeep c -> UpkeepCodec.encode(c);
    };
  }

  private static BeginTransaction.Builder begin(Command.BeginTransaction c) {
    BeginTransaction.Builder to = BeginTransaction.newBuilder().setDataset(c.dataset().text());
    c.epoch().ifPresent(to::setEpoch);
    return to;
  }

  private static PutObject.Builder put(Command.PutObject c) {
    PutObject.Builder to =
        PutObject.newBuilder()
            .setDataset(c.dataset().text())
            .setPath(c.path().text())
            .setSize(c.content().size())
            .setDigest(bytes(c.content().digest()))
            .addAllMetadata(StrictParse.pairs(c.content().metadata().pairs()));
    if (!c.scope().equals(WriteScope.DIRECT)) {
      to.setScope(scope(c.scope()));
    }
    if (!c.precondition().equals(Precondition.NONE)) {
      to.setCondition(condition(c.precondition()));
    }
    c.content().chunks().forEach(chunk -> to.addChunks(chunk(chunk)));
    c.removalsSeen().ifPresent(to::setRemovalsSeen);
    return to;
  }

  private static DeleteObject.Builder delete(Command.DeleteObject c) {
    DeleteObject.Builder to =
        DeleteObject.newBuilder().setDataset(c.dataset().text()).setPath(c.path().text());
    if (!c.scope().equals(WriteScope.DIRECT)) {
      to.setScope(scope(c.scope()));
    }
    if (!c.precondition().equals(Precondition.NONE)) {
      to.setCondition(condition(c.precondition()));
    }
    return to;
  }

  private static CreateVersion.Builder version(Command.CreateVersion c) {
    return CreateVersion.newBuilder()
        .setDataset(c.dataset().text())
        .setVersion(c.version().text())
        .setRevision(c.revision())
        .setMessage(c.message())
        .addAllParents(c.parents().stream().map(VersionName::text).toList());
  }

  private static SealVersion.Builder seal(Command.SealVersion c) {
    return SealVersion.newBuilder()
        .setDatasetId(c.datasetId())
        .setVersion(c.version().text())
        .setDigest(bytes(c.summary().digest()))
        .setObjects(c.summary().objects())
        .setBytes(c.summary().bytes())
        .setRevision(c.revision());
  }

  private static Scope.Builder scope(WriteScope scope) {
    Scope.Builder to = Scope.newBuilder().setTransactionId(scope.transactionId());
    scope.epoch().ifPresent(to::setEpoch);
    return to;
  }

  private static Condition.Builder condition(Precondition precondition) {
    Condition.Builder to = Condition.newBuilder();
    return switch (precondition) {
      case Precondition.None _ -> to;
      case Precondition.IfAbsent _ -> to.setIfAbsent(true);
      case Precondition.IfRevision p -> to.setIfRevision(p.revision());
      case Precondition.IfDigest p -> to.setIfDigest(bytes(p.digest()));
    };
  }

  static Chunk.Builder chunk(ChunkRef chunk) {
    return Chunk.newBuilder()
        .setId(bytes(chunk.id().sha256()))
        .setLength(chunk.length())
        .setGroup(chunk.group());
  }

  static ByteString bytes(Sha256 digest) {
    return ByteString.copyFrom(digest.toBytes());
  }
}
