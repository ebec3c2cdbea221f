package io.balsa.command;

import static io.balsa.command.StrictParse.known;

import com.google.protobuf.ByteString;
import io.balsa.model.ChunkId;
import io.balsa.model.ObjectPath;
import io.balsa.model.VersionName;
import io.balsa.proto.log.v1.CatalogCommand;
import io.balsa.proto.log.v1.CondemnChunks;
import io.balsa.proto.log.v1.DeleteChunks;
import io.balsa.proto.log.v1.ForgetChunks;
import io.balsa.proto.log.v1.ObjectSweep;
import io.balsa.proto.log.v1.RaiseFloor;
import io.balsa.proto.log.v1.SweepRows;
import java.util.List;

/** Upkeep to {@code balsa.log.v1} and back. */
final class UpkeepCodec {
  private UpkeepCodec() {}

  static CatalogCommand.Builder encode(Upkeep command) {
    CatalogCommand.Builder to = CatalogCommand.newBuilder();
    return switch (command) {
      case Upkeep.RaiseFloor c ->
          to.setRaiseFloor(
              RaiseFloor.newBuilder()
                  .setKeptRevisions(c.keptRevisions())
                  .setKeptMs(c.keptMillis()));
      case Upkeep.SweepRows c -> to.setSweepRows(sweep(c));
      case Upkeep.CondemnChunks c ->
          to.setCondemnChunks(
              CondemnChunks.newBuilder()
                  .setRemovalsSeen(c.removalsSeen())
                  .addAllChunks(
                      c.chunks().stream()
                          .map(chunk -> CommandEncoder.chunk(chunk).build())
                          .toList()));
      case Upkeep.DeleteChunks c ->
          to.setDeleteChunks(
              DeleteChunks.newBuilder()
                  .setCondemnedMs(c.condemnedMillis())
                  .addAllIds(bytes(c.chunks())));
      case Upkeep.ForgetChunks c ->
          to.setForgetChunks(
              ForgetChunks.newBuilder()
                  .setGroup(c.group())
                  .setRemoval(c.removal())
                  .setIndex(c.index())
                  .addAllIds(bytes(c.chunks())));
    };
  }

  /** Requires: the command is of a kind that {@link #encode} gives. */
  static Upkeep decode(CatalogCommand from) {
    return switch (from.getCommandCase()) {
      case RAISE_FLOOR -> {
        RaiseFloor c = known(from.getRaiseFloor());
        yield new Upkeep.RaiseFloor(c.getKeptRevisions(), c.getKeptMs());
      }
      case SWEEP_ROWS -> sweep(known(from.getSweepRows()));
      case CONDEMN_CHUNKS -> {
        CondemnChunks c = known(from.getCondemnChunks());
        yield new Upkeep.CondemnChunks(
            c.getRemovalsSeen(), c.getChunksList().stream().map(CommandDecoder::chunk).toList());
      }
      case DELETE_CHUNKS -> {
        DeleteChunks c = known(from.getDeleteChunks());
        yield new Upkeep.DeleteChunks(c.getCondemnedMs(), ids(c.getIdsList()));
      }
      case FORGET_CHUNKS -> {
        ForgetChunks c = known(from.getForgetChunks());
        yield new Upkeep.ForgetChunks(
            c.getGroup(), c.getRemoval(), c.getIndex(), ids(c.getIdsList()));
      }
      default -> throw new UnreadableEntry("no upkeep: " + from.getCommandCase());
    };
  }

  private static SweepRows.Builder sweep(Upkeep.SweepRows c) {
    SweepRows.Builder to = SweepRows.newBuilder().setDatasetId(c.datasetId());
    for (Upkeep.ObjectSweep row : c.objects()) {
      to.addObjects(
          ObjectSweep.newBuilder()
              .setPath(row.path().text())
              .setRevision(row.revision())
              .setSuccessor(row.successor()));
    }
    return to.addAllVersions(c.versions().stream().map(VersionName::text).toList())
        .addAllTransactions(c.transactions());
  }

  private static Upkeep.SweepRows sweep(SweepRows from) {
    return new Upkeep.SweepRows(
        from.getDatasetId(),
        from.getObjectsList().stream().map(UpkeepCodec::object).toList(),
        from.getVersionsList().stream().map(VersionName::new).toList(),
        from.getTransactionsList());
  }

  private static Upkeep.ObjectSweep object(ObjectSweep from) {
    known(from);
    return new Upkeep.ObjectSweep(
        new ObjectPath(from.getPath()), from.getRevision(), from.getSuccessor());
  }

  private static List<ByteString> bytes(List<ChunkId> ids) {
    return ids.stream().map(id -> CommandEncoder.bytes(id.sha256())).toList();
  }

  private static List<ChunkId> ids(List<ByteString> bytes) {
    return bytes.stream().map(id -> new ChunkId(StrictParse.sha256(id))).toList();
  }
}
