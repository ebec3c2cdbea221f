package io.balsa.service.grpc;

import com.google.protobuf.ByteString;
import io.balsa.api.v1.Consistency;
import io.balsa.api.v1.Durability;
import io.balsa.command.WriteScope;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.Precondition;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Turns fields of requests into values that keep their rules. Each throws {@link InvalidField} with
 * the field's name as the caller knows it.
 */
final class Fields {
  /** Bytes of one PutObject message. */
  static final int PART_BYTES_MAX = 4 << 20;

  /** Bytes of one CommitObjects request. */
  static final int COMMIT_BYTES_MAX = 4 << 20;

  private static final long MAX_AGE_MILLIS_MAX = 86_400_000;
  private static final int PAGE_SIZE_MAX = 1_000;

  private Fields() {}

  static RequestId requestId(String given) {
    return new RequestId(given);
  }

  static DatasetName dataset(String field, String given) {
    return named(field, given, DatasetName::new);
  }

  static VersionName version(String field, String given) {
    return named(field, given, VersionName::new);
  }

  static ObjectPath path(String given) {
    return new ObjectPath(given);
  }

  static GroupName group(String given) {
    return new GroupName(given);
  }

  static Metadata metadata(Map<String, String> given) {
    return Metadata.of(given);
  }

  /** A number that the wire may carry beyond {@code Long.MAX_VALUE}. */
  static long number(String field, long given, long min, long max) {
    if (given < min || given > max) {
      throw new InvalidField(field, Long.toUnsignedString(given), min + " to " + max);
    }
    return given;
  }

  static long transactionId(long given) {
    return number("transaction_id", given, 1, Long.MAX_VALUE);
  }

  static OptionalLong epoch(boolean isSet, long given) {
    return isSet
        ? OptionalLong.of(number("epoch", given, 0, Long.MAX_VALUE))
        : OptionalLong.empty();
  }

  static WriteScope scope(long transactionId, OptionalLong epoch) {
    return new WriteScope(number("transaction_id", transactionId, 0, Long.MAX_VALUE), epoch);
  }

  /** Zero means {@code unset}. */
  static int pageSize(int given, int unset) {
    return given == 0 ? unset : (int) number("page_size", given, 1, PAGE_SIZE_MAX);
  }

  static Sha256 digest(String field, ByteString given) {
    if (given.size() != Sha256.BYTES) {
      throw new InvalidField(field, given.size() + " bytes", "32 bytes of SHA-256");
    }
    return Sha256.read(given.asReadOnlyByteBuffer());
  }

  static ChunkId chunkId(String field, ByteString given) {
    return new ChunkId(digest(field, given));
  }

  static ChunkRef chunkRef(io.balsa.api.v1.ChunkRef given) {
    return new ChunkRef(chunkId("chunk.id", given.getId()), given.getLength(), given.getGroup());
  }

  static List<ChunkRef> chunkRefs(List<io.balsa.api.v1.ChunkRef> given) {
    Limits.require("object chunks", given.size(), 0, Limits.OBJECT_CHUNKS_MAX);
    return given.stream().map(Fields::chunkRef).toList();
  }

  /** Never UNSPECIFIED. */
  static Durability durability(Durability given) {
    return switch (given) {
      case DURABILITY_UNSPECIFIED, DURABILITY_MAJORITY -> Durability.DURABILITY_MAJORITY;
      case DURABILITY_ALL -> Durability.DURABILITY_ALL;
      case UNRECOGNIZED ->
          throw new InvalidField("durability", "unknown", "unset, DURABILITY_MAJORITY or _ALL");
    };
  }

  static Precondition precondition(io.balsa.api.v1.Precondition given) {
    return switch (given.getConditionCase()) {
      case CONDITION_NOT_SET -> Precondition.NONE;
      case IF_ABSENT -> {
        if (!given.getIfAbsent()) {
          throw new InvalidField("precondition.if_absent", "false", "true, or unset");
        }
        yield new Precondition.IfAbsent();
      }
      case IF_REVISION ->
          new Precondition.IfRevision(
              number("precondition.if_revision", given.getIfRevision(), 1, Long.MAX_VALUE));
      case IF_DIGEST ->
          new Precondition.IfDigest(digest("precondition.if_digest", given.getIfDigest()));
    };
  }

  /** The rule of a read, where unset means {@code unset}. */
  static ReadRule rule(Consistency given, ReadRule unset) {
    return switch (given.getLevelCase()) {
      case LEVEL_NOT_SET -> unset;
      case LINEARIZABLE -> new ReadRule.Linearizable();
      case BOUNDED ->
          new ReadRule.Bounded(
              Duration.ofMillis(
                  number(
                      "consistency.bounded.max_age_ms",
                      given.getBounded().getMaxAgeMs(),
                      0,
                      MAX_AGE_MILLIS_MAX)));
      case AT_LEAST ->
          new ReadRule.AtLeast(
              number(
                  "consistency.at_least.revision",
                  given.getAtLeast().getRevision(),
                  0,
                  Long.MAX_VALUE));
      case EVENTUAL -> new ReadRule.Eventual();
    };
  }

  static ReadRule rule(Consistency given) {
    return rule(given, new ReadRule.Linearizable());
  }

  static Snapshot snapshot(io.balsa.api.v1.Snapshot given) {
    return switch (given.getAtCase()) {
      case AT_NOT_SET -> new Snapshot.Newest();
      case VERSION -> new Snapshot.AtVersion(version("snapshot.version", given.getVersion()));
      case REVISION ->
          new Snapshot.AtRevision(
              number("snapshot.revision", given.getRevision(), 1, Long.MAX_VALUE));
    };
  }

  /** The rule of a read of a snapshot: a version is pinned where nothing else is asked for. */
  static ReadRule rule(Consistency given, Snapshot snapshot) {
    return rule(
        given,
        snapshot instanceof Snapshot.AtVersion
            ? new ReadRule.Pinned()
            : new ReadRule.Linearizable());
  }

  /** The model knows a type's own name; the caller knows its field's. */
  private static <T> T named(String field, String given, Function<String, T> type) {
    try {
      return type.apply(given);
    } catch (InvalidField e) {
      throw new InvalidField(field, given, e.allowed());
    }
  }
}
