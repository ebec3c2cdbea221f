package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.Dataset;
import io.balsa.api.v1.NodeIdentity;
import io.balsa.api.v1.ObjectInfo;
import io.balsa.api.v1.Transaction;
import io.balsa.api.v1.TransactionState;
import io.balsa.api.v1.Version;
import io.balsa.catalog.DatasetRow;
import io.balsa.catalog.TransactionRow;
import io.balsa.catalog.VersionRow;
import io.balsa.catalog.VisibleObject;
import io.balsa.command.ObjectContent;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import io.balsa.service.consensus.Member;

/** Turns rows into messages. */
final class Answers {
  private Answers() {}

  static Dataset dataset(DatasetRow row) {
    return Dataset.newBuilder()
        .setName(row.name().text())
        .setCreatedRevision(row.id())
        .setCreatedMs(row.createdMillis())
        .setEpoch(row.epoch())
        .build();
  }

  static Version version(DatasetName dataset, VersionRow row) {
    Version.Builder version =
        Version.newBuilder()
            .setDataset(dataset.text())
            .setName(row.name().text())
            .setRevision(row.revision())
            .setMessage(row.message())
            .addAllParents(row.parents().stream().map(VersionName::text).toList())
            .setCreatedMs(row.createdMillis());
    row.summary()
        .ifPresent(
            summary ->
                version
                    .setDigest(digest(summary.digest()))
                    .setObjects(summary.objects())
                    .setBytes(summary.bytes()));
    return version.build();
  }

  static Transaction transaction(DatasetName dataset, TransactionRow row) {
    return Transaction.newBuilder()
        .setId(row.id())
        .setDataset(dataset.text())
        .setState(
            switch (row.state()) {
              case OPEN -> TransactionState.TRANSACTION_STATE_OPEN;
              case PUBLISHED -> TransactionState.TRANSACTION_STATE_PUBLISHED;
              case ABORTED -> TransactionState.TRANSACTION_STATE_ABORTED;
            })
        .setEpoch(row.epoch())
        .setStaged(row.staged())
        .setPublishedRevision(row.publishedRevision())
        .build();
  }

  static ObjectInfo object(VisibleObject object, boolean withChunks) {
    ObjectContent content = object.content();
    ObjectInfo.Builder answer =
        ObjectInfo.newBuilder()
            .setPath(object.path().text())
            .setSize(content.size())
            .setDigest(digest(content.digest()))
            .setRevision(object.revision())
            .setModifiedMs(object.row().stampMillis())
            .putAllMetadata(content.metadata().pairs());
    if (withChunks) {
      content.chunks().forEach(chunk -> answer.addChunks(chunkRef(chunk)));
    }
    return answer.build();
  }

  static io.balsa.api.v1.ChunkRef chunkRef(ChunkRef chunk) {
    return io.balsa.api.v1.ChunkRef.newBuilder()
        .setId(digest(chunk.id().sha256()))
        .setLength(chunk.length())
        .setGroup(chunk.group())
        .build();
  }

  static NodeIdentity identity(Member member, String clusterId) {
    return NodeIdentity.newBuilder()
        .setNodeId(member.nodeId())
        .setPeerId(member.peerId())
        .setClusterId(clusterId)
        .setPeerAddress(member.peerAddress())
        .setClientAddress(member.clientAddress())
        .build();
  }

  static ByteString digest(Sha256 digest) {
    return UnsafeByteOperations.unsafeWrap(digest.toBytes());
  }
}
