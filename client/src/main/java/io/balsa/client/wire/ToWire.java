package io.balsa.client.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.balsa.api.v1.ChunkRef;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.Consistency;
import io.balsa.client.model.Durability;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.Precondition;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.Snapshot;
import java.util.Optional;

/** Values of the SDK as messages of {@code balsa.v1}. */
public final class ToWire {
  private ToWire() {}

  /** A digest's 32 bytes. */
  public static ByteString digest(Sha256 digest) {
    return UnsafeByteOperations.unsafeWrap(digest.toBytes());
  }

  /** A durability. */
  public static io.balsa.api.v1.Durability durability(Durability durability) {
    return switch (durability) {
      case MAJORITY -> io.balsa.api.v1.Durability.DURABILITY_MAJORITY;
      case ALL -> io.balsa.api.v1.Durability.DURABILITY_ALL;
    };
  }

  /** A consistency; the default message where none was chosen. */
  public static io.balsa.api.v1.Consistency consistency(Optional<Consistency> chosen) {
    var message = io.balsa.api.v1.Consistency.newBuilder();
    chosen.ifPresent(
        consistency -> {
          switch (consistency) {
            case Consistency.Linearizable() ->
                message.setLinearizable(
                    io.balsa.api.v1.Consistency.Linearizable.getDefaultInstance());
            case Consistency.Bounded(var maxAge) ->
                message.getBoundedBuilder().setMaxAgeMs(maxAge.toMillis());
            case Consistency.AtLeast(long revision) ->
                message.getAtLeastBuilder().setRevision(revision);
            case Consistency.Eventual() ->
                message.setEventual(io.balsa.api.v1.Consistency.Eventual.getDefaultInstance());
          }
        });
    return message.build();
  }

  /** A snapshot; the default message for the head. */
  public static io.balsa.api.v1.Snapshot snapshot(Snapshot snapshot) {
    var message = io.balsa.api.v1.Snapshot.newBuilder();
    switch (snapshot) {
      case Snapshot.Head() -> {}
      case Snapshot.AtVersion(String name) -> message.setVersion(name);
      case Snapshot.AtRevision(long revision) -> message.setRevision(revision);
    }
    return message.build();
  }

  /** A precondition; the default message where there is none. */
  public static io.balsa.api.v1.Precondition precondition(Optional<Precondition> chosen) {
    var message = io.balsa.api.v1.Precondition.newBuilder();
    chosen.ifPresent(
        precondition -> {
          switch (precondition) {
            case Precondition.IfAbsent() -> message.setIfAbsent(true);
            case Precondition.IfRevision(long revision) -> message.setIfRevision(revision);
            case Precondition.IfDigest(Sha256 digest) -> message.setIfDigest(digest(digest));
          }
        });
    return message.build();
  }

  /** A chunk's reference. */
  public static ChunkRef chunk(ChunkPlacement chunk) {
    return ChunkRef.newBuilder()
        .setId(digest(chunk.id()))
        .setLength(chunk.length())
        .setGroup(chunk.group())
        .build();
  }

  /** A founding member. */
  public static io.balsa.api.v1.NodeIdentity identity(NodeIdentity identity) {
    return io.balsa.api.v1.NodeIdentity.newBuilder()
        .setNodeId(identity.nodeId())
        .setPeerId(identity.peerId())
        .setClusterId(identity.clusterId())
        .setPeerAddress(identity.peerAddress())
        .setClientAddress(identity.clientAddress())
        .build();
  }
}
