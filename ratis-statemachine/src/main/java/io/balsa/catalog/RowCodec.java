package io.balsa.catalog;

import io.balsa.command.Decision;
import io.balsa.command.ObjectContent;
import io.balsa.command.Reason;
import io.balsa.command.VersionSummary;
import io.balsa.model.ChunkId;
import io.balsa.model.ChunkRef;
import io.balsa.model.DatasetName;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.Metadata;
import io.balsa.model.ObjectPath;
import io.balsa.model.RequestId;
import io.balsa.model.Sha256;
import io.balsa.model.VersionName;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Rows to bytes and back, as docs/formats/catalog.md says. Canonical: a row has one encoding, and
 * {@link #decode} accepts no other. So equal rows are equal bytes on every replica, and the replica
 * digest may hash them. Pure; safe on every thread.
 */
public final class RowCodec {
  /** First byte of every value. */
  static final int FORMAT_VERSION = 1;

  /** First byte of the head's value, since it tells of collection. */
  private static final int HEAD_VERSION = 2;

  private static final int OPEN_BELOW = 1;
  private static final int HAS_CONTENT = 2;
  private static final int ACCEPTED = 1;
  private static final int REJECTED = 2;

  private RowCodec() {}

  /** Where a row belongs. */
  public static Table table(CatalogRow row) {
    return switch (row) {
      case DatasetRow _ -> Table.DATASETS;
      case ObjectRow _ -> Table.OBJECTS;
      case TransactionRow _ -> Table.TRANSACTIONS;
      case VersionRow _ -> Table.VERSIONS;
      case ChunkRow _ -> Table.CHUNKS;
      case ReplyRow _ -> Table.REPLIES;
    };
  }

  /** A row's key in its table, in a new array; keys sort as unsigned bytes. */
  public static byte[] key(CatalogRow row) {
    return switch (row) {
      case DatasetRow dataset -> RowKeys.dataset(dataset.name());
      case ObjectRow object -> RowKeys.object(object.datasetId(), object.path(), object.revision());
      case TransactionRow transaction -> RowKeys.transaction(transaction.id());
      case VersionRow version -> RowKeys.version(version.datasetId(), version.name());
      case ChunkRow chunk -> RowKeys.chunk(chunk.id());
      case ReplyRow reply -> RowKeys.reply(reply.requestId());
    };
  }

  /** All of a row that is not in its key, in a new array. */
  public static byte[] value(CatalogRow row) {
    RowWriter out = new RowWriter().u8(FORMAT_VERSION);
    switch (row) {
      case DatasetRow dataset ->
          out.varint(dataset.id()).varint(dataset.createdMillis()).varint(dataset.epoch());
      case ObjectRow object -> object(out, object);
      case TransactionRow transaction ->
          out.varint(transaction.datasetId())
              .u8(transaction.state().code())
              .varint(transaction.epoch())
              .varint(transaction.staged())
              .varint(transaction.publishedRevision())
              .varint(transaction.createdMillis());
      case VersionRow version -> version(out, version);
      case ChunkRow chunk -> chunk(out, chunk);
      case ReplyRow reply -> reply(out, reply);
    }
    return out.toBytes();
  }

  /**
   * The row of a key and value.
   *
   * @throws UnreadableRow if they are not exactly what {@link #key} and {@link #value} give for a
   *     row of this table
   */
  public static CatalogRow decode(Table table, byte[] key, byte[] value) {
    return strictly(
        () -> table + " row with key " + HexFormat.of().formatHex(key),
        () -> {
          RowReader k = new RowReader(key);
          RowReader v = versioned(value);
          CatalogRow row =
              switch (table) {
                case DATASETS ->
                    new DatasetRow(
                        new DatasetName(k.textToEnd()), v.varint(), v.varint(), v.varint());
                case OBJECTS -> object(k, v);
                case TRANSACTIONS ->
                    new TransactionRow(
                        k.u64(),
                        v.varint(),
                        state(v.u8()),
                        v.varint(),
                        v.varint(),
                        v.varint(),
                        v.varint());
                case VERSIONS -> version(k, v);
                case CHUNKS -> chunk(k, v);
                case REPLIES -> reply(k, v);
              };
          k.end();
          v.end();
          return row;
        });
  }

  /** A row as a member of the replica digest. */
  public static Sha256 hash(CatalogRow row) {
    return hash(table(row), key(row), value(row));
  }

  /** SHA-256 of the table's code (one byte), the key's length (u32, big-endian), key and value. */
  public static Sha256 hash(Table table, byte[] key, byte[] value) {
    MessageDigest digest = Sha256.newDigest();
    digest.update((byte) table.code());
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(key.length).flip());
    digest.update(key);
    digest.update(value);
    return Sha256.fromBytes(digest.digest());
  }

  /** The head's value; it is no row and no member of the digest that it carries. */
  public static byte[] headValue(CatalogHead head) {
    CollectionState collection = head.collection();
    RowWriter out =
        new RowWriter()
            .u8(HEAD_VERSION)
            .varint(head.applied().term())
            .varint(head.applied().index() + 1)
            .varint(head.revision())
            .varint(head.stampMillis())
            .varint(head.replies())
            .raw(head.digest().toBytes())
            .varint(collection.floor())
            .varint(collection.markRevision())
            .varint(collection.markMillis())
            .varint(collection.removals())
            .varint(collection.removedThrough().size());
    collection.removedThrough().forEach((group, index) -> out.varint(group).varint(index));
    return out.toBytes();
  }

  /**
   * The head of a value; one of version 1 knows of no collection.
   *
   * @throws UnreadableRow if it is not exactly what {@link #headValue} gives, or gave in version 1
   */
  public static CatalogHead decodeHead(byte[] value) {
    return strictly(
        () -> "catalog head",
        () -> {
          RowReader v = new RowReader(value);
          int version = v.u8();
          if (version != FORMAT_VERSION && version != HEAD_VERSION) {
            throw new UnreadableRow("format version " + version);
          }
          CatalogHead head =
              new CatalogHead(
                  new LogPosition(v.varint(), v.varint() - 1),
                  v.varint(),
                  v.varint(),
                  v.varint(),
                  digest(v.sha256()),
                  version == FORMAT_VERSION ? CollectionState.NONE : collection(v));
          v.end();
          return head;
        });
  }

  private static CollectionState collection(RowReader v) {
    long floor = v.varint();
    long markRevision = v.varint();
    long markMillis = v.varint();
    long removals = v.varint();
    TreeMap<Integer, Long> removedThrough = new TreeMap<>();
    for (int left = v.number("groups", Limits.CHUNK_GROUPS_MAX); left > 0; left--) {
      int group = v.number("chunk group", Limits.CHUNK_GROUPS_MAX);
      if (!removedThrough.isEmpty() && removedThrough.lastKey() >= group) {
        throw new UnreadableRow("chunk groups do not ascend");
      }
      removedThrough.put(group, v.varint());
    }
    return new CollectionState(floor, markRevision, markMillis, removals, removedThrough);
  }

  private static void object(RowWriter out, ObjectRow object) {
    int flags =
        (object.openBelow() ? OPEN_BELOW : 0) | (object.content().isPresent() ? HAS_CONTENT : 0);
    out.u8(flags).varint(object.transactionId()).varint(object.stampMillis());
    if (object.content().isPresent()) {
      ObjectContent content = object.content().get();
      out.sha256(content.digest()).pairs(content.metadata().pairs());
      out.varint(content.chunks().size());
      for (ChunkRef chunk : content.chunks()) {
        out.sha256(chunk.id().sha256()).varint(chunk.length()).varint(chunk.group());
      }
    }
  }

  private static ObjectRow object(RowReader k, RowReader v) {
    long datasetId = k.u64();
    ObjectPath path = new ObjectPath(k.textToZero());
    long revision = ~k.u64();
    int flags = v.u8();
    if (flags > (OPEN_BELOW | HAS_CONTENT)) {
      throw new UnreadableRow("unknown object flags " + flags);
    }
    long transactionId = v.varint();
    long stampMillis = v.varint();
    Optional<ObjectContent> content =
        (flags & HAS_CONTENT) == 0 ? Optional.empty() : Optional.of(content(v));
    boolean openBelow = (flags & OPEN_BELOW) != 0;
    return new ObjectRow(datasetId, path, revision, transactionId, openBelow, stampMillis, content);
  }

  private static ObjectContent content(RowReader v) {
    Sha256 digest = v.sha256();
    Metadata metadata = new Metadata(v.pairs());
    int count = v.number("chunks", Limits.OBJECT_CHUNKS_MAX);
    List<ChunkRef> chunks = new ArrayList<>(count);
    long size = 0;
    for (int i = 0; i < count; i++) {
      ChunkId id = new ChunkId(v.sha256());
      int length = v.number("chunk length", Limits.CHUNK_BYTES_MAX);
      chunks.add(new ChunkRef(id, length, v.number("chunk group", Limits.CHUNK_GROUPS_MAX)));
      size += length;
    }
    return new ObjectContent(size, digest, metadata, chunks);
  }

  private static void version(RowWriter out, VersionRow version) {
    out.varint(version.revision()).varint(version.createdMillis()).text(version.message());
    out.varint(version.parents().size());
    version.parents().forEach(parent -> out.text(parent.text()));
    out.u8(version.summary().isPresent() ? 1 : 0);
    version
        .summary()
        .ifPresent(
            summary ->
                out.sha256(summary.digest()).varint(summary.objects()).varint(summary.bytes()));
  }

  private static VersionRow version(RowReader k, RowReader v) {
    long datasetId = k.u64();
    VersionName name = new VersionName(k.textToEnd());
    long revision = v.varint();
    long createdMillis = v.varint();
    String message = v.text();
    int count = v.number("parents", Limits.VERSION_PARENTS_MAX);
    List<VersionName> parents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parents.add(new VersionName(v.text()));
    }
    Optional<VersionSummary> summary =
        switch (v.u8()) {
          case 0 -> Optional.empty();
          case 1 -> Optional.of(new VersionSummary(v.sha256(), v.varint(), v.varint()));
          default -> throw new UnreadableRow("the summary's mark is neither 0 nor 1");
        };
    return new VersionRow(datasetId, name, revision, message, parents, createdMillis, summary);
  }

  private static void chunk(RowWriter out, ChunkRow chunk) {
    out.varint(chunk.group()).varint(chunk.length()).varint(chunk.references());
    if (chunk.references() == 0) {
      out.u8(chunk.state().code()).varint(chunk.since());
    }
  }

  private static ChunkRow chunk(RowReader k, RowReader v) {
    ChunkId id = new ChunkId(k.sha256());
    int group = v.number("chunk group", Limits.CHUNK_GROUPS_MAX);
    int length = v.number("chunk length", Limits.CHUNK_BYTES_MAX);
    long references = v.varint();
    if (references != 0) {
      return ChunkRow.live(id, group, length, references);
    }
    ChunkRow.State state =
        switch (v.u8()) {
          case 1 -> ChunkRow.State.CONDEMNED;
          case 2 -> ChunkRow.State.DELETING;
          default -> throw new UnreadableRow("unknown chunk state");
        };
    return new ChunkRow(id, group, length, 0, state, v.varint());
  }

  private static void reply(RowWriter out, ReplyRow reply) {
    out.varint(reply.sequence())
        .u64(reply.fingerprint())
        .varint(reply.revision())
        .varint(reply.stampMillis());
    switch (reply.decision()) {
      case Decision.Accepted(long revision, long value) ->
          out.u8(ACCEPTED).varint(revision).varint(value);
      case Decision.Rejected(var reason, var facts) ->
          out.u8(REJECTED).varint(reason.code()).pairs(facts);
    }
  }

  private static ReplyRow reply(RowReader k, RowReader v) {
    RequestId id = new RequestId(k.textToEnd());
    long sequence = v.varint();
    long fingerprint = v.u64();
    long revision = v.varint();
    long stampMillis = v.varint();
    Decision decision =
        switch (v.u8()) {
          case ACCEPTED -> new Decision.Accepted(v.varint(), v.varint());
          case REJECTED ->
              new Decision.Rejected(
                  Reason.ofCode(v.number("reason", Integer.MAX_VALUE)), v.pairs());
          default -> throw new UnreadableRow("unknown kind of decision");
        };
    return new ReplyRow(id, sequence, fingerprint, decision, revision, stampMillis);
  }

  private static TransactionRow.State state(int code) {
    for (TransactionRow.State state : TransactionRow.State.values()) {
      if (state.code() == code) {
        return state;
      }
    }
    throw new UnreadableRow("unknown transaction state " + code);
  }

  private static StateDigest digest(Sha256 lanes) {
    return new StateDigest(lanes.a(), lanes.b(), lanes.c(), lanes.d());
  }

  private static RowReader versioned(byte[] value) {
    RowReader v = new RowReader(value);
    int version = v.u8();
    if (version != FORMAT_VERSION) {
      throw new UnreadableRow("row format version " + version + ", known is " + FORMAT_VERSION);
    }
    return v;
  }

  private static <T> T strictly(Supplier<String> what, Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (BufferUnderflowException e) {
      throw new UnreadableRow(what.get() + ": bytes are missing", e);
    } catch (UnreadableRow | IllegalArgumentException e) {
      // The records themselves refuse values that are out of range.
      throw new UnreadableRow(what.get() + ": " + e.getMessage(), e);
    }
  }
}
