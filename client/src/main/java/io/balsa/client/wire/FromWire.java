package io.balsa.client.wire;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.ChangeRejection;
import io.balsa.api.v1.ChunkRef;
import io.balsa.api.v1.Dataset;
import io.balsa.api.v1.GetStatusResponse;
import io.balsa.api.v1.GroupStatus;
import io.balsa.api.v1.ObjectInfo;
import io.balsa.api.v1.Version;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.Durability;
import io.balsa.client.model.Endpoint;
import io.balsa.client.model.GroupRole;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ObjectLayout;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.Page;
import io.balsa.client.model.ReadLevel;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.Refusal;
import io.balsa.client.model.RefusalCode;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.Sha256;
import io.balsa.client.model.TransactionEntry;
import io.balsa.client.model.TransactionState;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteReceipt;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Messages of {@code balsa.v1} as values of the SDK; {@code IllegalArgumentException} if unfit. */
public final class FromWire {
  private FromWire() {}

  /** A digest. */
  public static Sha256 digest(ByteString bytes) {
    return Sha256.fromBytes(bytes.toByteArray());
  }

  /** A digest, or nothing where the field is empty. */
  public static Optional<Sha256> optionalDigest(ByteString bytes) {
    return bytes.isEmpty() ? Optional.empty() : Optional.of(digest(bytes));
  }

  /** A write receipt. */
  public static WriteReceipt writeReceipt(io.balsa.api.v1.WriteReceipt message) {
    return new WriteReceipt(
        message.getRevision(),
        optionalDigest(message.getDigest()),
        durability(message.getDurability()),
        durability(message.getDurabilityAsked()),
        message.getTerm(),
        message.getIndex());
  }

  private static Durability durability(io.balsa.api.v1.Durability message) {
    return switch (message) {
      case DURABILITY_ALL -> Durability.ALL;
      case DURABILITY_UNSPECIFIED, DURABILITY_MAJORITY, UNRECOGNIZED -> Durability.MAJORITY;
    };
  }

  /** A read receipt. */
  public static ReadReceipt readReceipt(io.balsa.api.v1.ReadReceipt message) {
    return new ReadReceipt(
        message.getNodeId(),
        message.getRevision(),
        level(message.getLevel()),
        message.hasAgeMs() ? Optional.of(millis(message.getAgeMs())) : Optional.empty());
  }

  private static ReadLevel level(io.balsa.api.v1.ReadLevel message) {
    return switch (message) {
      case READ_LEVEL_LINEARIZABLE -> ReadLevel.LINEARIZABLE;
      case READ_LEVEL_BOUNDED -> ReadLevel.BOUNDED;
      case READ_LEVEL_AT_LEAST -> ReadLevel.AT_LEAST;
      case READ_LEVEL_PINNED -> ReadLevel.PINNED;
      // What an older SDK does not know promises nothing.
      case READ_LEVEL_EVENTUAL, READ_LEVEL_UNSPECIFIED, UNRECOGNIZED -> ReadLevel.EVENTUAL;
    };
  }

  /** A dataset. */
  public static DatasetSummary dataset(Dataset message) {
    return new DatasetSummary(
        message.getName(),
        message.getCreatedRevision(),
        Instant.ofEpochMilli(message.getCreatedMs()),
        message.getEpoch());
  }

  /** A version. */
  public static VersionEntry version(Version message) {
    return new VersionEntry(
        message.getDataset(),
        message.getName(),
        message.getRevision(),
        message.getMessage(),
        message.getParentsList(),
        Instant.ofEpochMilli(message.getCreatedMs()),
        optionalDigest(message.getDigest())
            .map(d -> new VersionEntry.Seal(d, message.getObjects(), message.getBytes())));
  }

  /** An object without its chunks. */
  public static ObjectStat object(ObjectInfo message) {
    return new ObjectStat(
        message.getPath(),
        message.getSize(),
        digest(message.getDigest()),
        message.getRevision(),
        Instant.ofEpochMilli(message.getModifiedMs()),
        message.getMetadataMap());
  }

  /** An object with its chunks; their lengths must add up to its size. */
  public static ObjectLayout layout(ObjectInfo message) {
    ObjectStat object = object(message);
    List<ChunkPlacement> chunks = message.getChunksList().stream().map(FromWire::chunk).toList();
    long bytes = chunks.stream().mapToLong(ChunkPlacement::length).sum();
    if (bytes != object.size()) {
      throw new IllegalArgumentException(
          "chunks of " + object.path() + " have " + bytes + " bytes, want " + object.size());
    }
    return new ObjectLayout(object, chunks);
  }

  private static ChunkPlacement chunk(ChunkRef message) {
    return new ChunkPlacement(digest(message.getId()), message.getLength(), message.getGroup());
  }

  /** A transaction. */
  public static TransactionEntry transaction(io.balsa.api.v1.Transaction message) {
    long published = message.getPublishedRevision();
    return new TransactionEntry(
        message.getId(),
        message.getDataset(),
        switch (message.getState()) {
          case TRANSACTION_STATE_OPEN -> TransactionState.OPEN;
          case TRANSACTION_STATE_PUBLISHED -> TransactionState.PUBLISHED;
          case TRANSACTION_STATE_ABORTED -> TransactionState.ABORTED;
          case TRANSACTION_STATE_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException("transaction state " + message.getStateValue());
        },
        message.getEpoch(),
        message.getStaged(),
        published == 0 ? OptionalLong.empty() : OptionalLong.of(published));
  }

  /** A node's identity, as it was told by itself or by another node. */
  public static NodeIdentity identity(io.balsa.api.v1.NodeIdentity message, String version) {
    return new NodeIdentity(
        message.getNodeId(),
        message.getPeerId(),
        message.getClusterId(),
        message.getPeerAddress(),
        message.getClientAddress(),
        version);
  }

  /** A node's status. */
  public static NodeStatus.Reachable status(Endpoint endpoint, GetStatusResponse message) {
    return new NodeStatus.Reachable(
        endpoint,
        identity(message.getIdentity(), ""),
        message.getMembersList().stream().map(member -> identity(member, "")).toList(),
        message.getGroupsList().stream().map(FromWire::replica).toList(),
        message.getRevision(),
        new NodeStatus.Health(
            message.hasAgeMs() ? Optional.of(millis(message.getAgeMs())) : Optional.empty(),
            message.getResidentBytes(),
            millis(message.getUptimeMs()),
            message.getProblemsList().stream()
                .map(
                    problem ->
                        new NodeStatus.Problem(
                            problem.getCode(), problem.getText(), millis(problem.getSinceMs())))
                .toList()));
  }

  private static ReplicaReport replica(GroupStatus message) {
    return new ReplicaReport(
        message.getName(),
        message.getGroupId(),
        switch (message.getRole()) {
          case GROUP_ROLE_LEADER -> GroupRole.LEADER;
          case GROUP_ROLE_FOLLOWER -> GroupRole.FOLLOWER;
          case GROUP_ROLE_CANDIDATE -> GroupRole.CANDIDATE;
          case GROUP_ROLE_LISTENER -> GroupRole.LISTENER;
          case GROUP_ROLE_ABSENT -> GroupRole.ABSENT;
          case GROUP_ROLE_UNSPECIFIED, UNRECOGNIZED -> GroupRole.OTHER;
        },
        message.getLeaderNodeId(),
        new ReplicaReport.Position(
            message.getTerm(),
            message.getCommitIndex(),
            message.getAppliedIndex(),
            message.getSnapshotIndex()),
        HexFormat.of().formatHex(message.getDigest().toByteArray()),
        message.getDigestIndex(),
        new ReplicaReport.Volume(
            message.getLogBytes(), message.getChunks(), message.getChunkBytes()),
        message.getAbsence());
  }

  /** Why a change of a batch did not happen. */
  public static Refusal rejection(ChangeRejection message) {
    return new Refusal(
        code(Status.fromCodeValue(message.getCode()).getCode()),
        message.getReason(),
        message.getMessage(),
        message.getMetadataMap(),
        Optional.empty());
  }

  /** A status code. */
  public static RefusalCode code(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT -> RefusalCode.INVALID_ARGUMENT;
      case NOT_FOUND -> RefusalCode.NOT_FOUND;
      case ALREADY_EXISTS -> RefusalCode.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> RefusalCode.FAILED_PRECONDITION;
      case ABORTED -> RefusalCode.ABORTED;
      case OUT_OF_RANGE -> RefusalCode.OUT_OF_RANGE;
      case PERMISSION_DENIED -> RefusalCode.PERMISSION_DENIED;
      case UNAUTHENTICATED -> RefusalCode.UNAUTHENTICATED;
      case RESOURCE_EXHAUSTED -> RefusalCode.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> RefusalCode.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> RefusalCode.DEADLINE_EXCEEDED;
      case DATA_LOSS -> RefusalCode.DATA_LOSS;
      case CANCELLED -> RefusalCode.CANCELLED;
      case UNIMPLEMENTED -> RefusalCode.UNIMPLEMENTED;
      case OK, INTERNAL, UNKNOWN -> RefusalCode.INTERNAL;
    };
  }

  /** A page. */
  public static <T> Page<T> page(List<T> items, String nextToken) {
    return new Page<>(items, nextToken.isEmpty() ? Optional.empty() : Optional.of(nextToken));
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}
