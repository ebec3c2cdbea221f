package io.balsa.command;

import static io.balsa.command.StrictParse.known;
import static io.balsa.command.StrictParse.sha256;

import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.VersionName;
import io.balsa.proto.log.v1.BeginTransaction;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.Chunk;
import io.balsa.proto.log.v1.Condition;
import io.balsa.proto.log.v1.CreateVersion;
import io.balsa.proto.log.v1.DeleteDataset;
import io.balsa.proto.log.v1.DeleteObject;
import io.balsa.proto.log.v1.PutObject;
import io.balsa.proto.log.v1.Scope;
import io.balsa.proto.log.v1.SealVersion;
import java.util.OptionalLong;

/**
 * Commands from {@code balsa.log.v1}. Values outside of their limits leave as the {@link
 * io.balsa.model.InvalidField} of the record that refused them; {@link CommandCodec} turns it into
 * {@link UnreadableEntry}.
 */
final class CommandDecoder {
  private CommandDecoder() {}

  static Command decode(CatalogCommand from) {
    return switch (from.getCommandCase()) {
      case CREATE_DATASET ->
          new Command.CreateDataset(dataset(known(from.getCreateDataset()).getDataset()));
      case DELETE_DATASET -> delete(known(from.getDeleteDataset()));
      case FENCE_DATASET ->
          new Command.FenceDataset(dataset(known(from.getFenceDataset()).getDataset()));
      case BEGIN_TRANSACTION -> begin(known(from.getBeginTransaction()));
      case PUT_OBJECT -> put(known(from.getPutObject()));
      case DELETE_OBJECT -> delete(known(from.getDeleteObject()));
      case PUBLISH_TRANSACTION ->
          new Command.PublishTransaction(
              dataset(known(from.getPublishTransaction()).getDataset()),
              from.getPublishTransaction().getTransactionId());
      case ABORT_TRANSACTION ->
          new Command.AbortTransaction(
              dataset(known(from.getAbortTransaction()).getDataset()),
              from.getAbortTransaction().getTransactionId());
      case CREATE_VERSION -> version(known(from.getCreateVersion()));
      case SEAL_VERSION -> seal(known(from.getSealVersion()));
      case DELETE_VERSION ->
          new Command.DeleteVersion(
              dataset(known(from.getDeleteVersion()).getDataset()),
              new VersionName(from.getDeleteVersion().getVersion()));
      case RAISE_FLOOR, SWEEP_ROWS, CONDEMN_CHUNKS, DELETE_CHUNKS, FORGET_CHUNKS ->
          UpkeepCodec.decode(from);
      case COMMAND_NOT_SET -> throw new UnreadableEntry("a command of no kind");
    };
  }

  private static Command delete(DeleteDataset from) {
    return new Command.DeleteDataset(dataset(from.getDataset()), from.getRecursive());
  }

  private static Command begin(BeginTransaction from) {
    return new Command.BeginTransaction(
        dataset(from.getDataset()),
        from.hasEpoch() ? OptionalLong.of(from.getEpoch()) : OptionalLong.empty());
  }

  private static Command put(PutObject from) {
    return new Command.PutObject(
        dataset(from.getDataset()),
        new ObjectPath(from.getPath()),
        from.hasScope() ? scope(known(from.getScope())) : WriteScope.DIRECT,
        from.hasCondition() ? condition(known(from.getCondition())) : Precondition.NONE,
        new ObjectContent(
            from.getSize(),
            sha256(from.getDigest()),
            new Metadata(StrictParse.pairs(from.getMetadataList())),
            from.getChunksList().stream().map(CommandDecoder::chunk).toList()),
        from.hasRemovalsSeen() ? OptionalLong.of(from.getRemovalsSeen()) : OptionalLong.empty());
  }

  private static Command delete(DeleteObject from) {
    return new Command.DeleteObject(
        dataset(from.getDataset()),
        new ObjectPath(from.getPath()),
        from.hasScope() ? scope(known(from.getScope())) : WriteScope.DIRECT,
        from.hasCondition() ? condition(known(from.getCondition())) : Precondition.NONE);
  }

  private static Command version(CreateVersion from) {
    return new Command.CreateVersion(
        dataset(from.getDataset()),
        new VersionName(from.getVersion()),
        from.getRevision(),
        from.getMessage(),
        from.getParentsList().stream().map(VersionName::new).toList());
  }

  private static Command seal(SealVersion from) {
    return new Command.SealVersion(
        from.getDatasetId(),
        new VersionName(from.getVersion()),
        from.getRevision(),
        new VersionSummary(sha256(from.getDigest()), from.getObjects(), from.getBytes()));
  }

  private static WriteScope scope(Scope from) {
    return new WriteScope(
        from.getTransactionId(),
        from.hasEpoch() ? OptionalLong.of(from.getEpoch()) : OptionalLong.empty());
  }

  private static Precondition condition(Condition from) {
    return switch (from.getConditionCase()) {
      case IF_ABSENT -> {
        if (!from.getIfAbsent()) {
          throw new UnreadableEntry("if_absent is false, which means nothing");
        }
        yield new Precondition.IfAbsent();
      }
      case IF_REVISION -> new Precondition.IfRevision(from.getIfRevision());
      case IF_DIGEST -> new Precondition.IfDigest(sha256(from.getIfDigest()));
      case CONDITION_NOT_SET -> throw new UnreadableEntry("a condition of no kind");
    };
  }

  static ChunkRef chunk(Chunk from) {
    known(from);
    return new ChunkRef(new ChunkId(sha256(from.getId())), from.getLength(), from.getGroup());
  }

  private static DatasetName dataset(String name) {
    return new DatasetName(name);
  }
}
