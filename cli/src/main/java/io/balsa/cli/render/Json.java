package io.balsa.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.balsa.client.model.ChunkPlacement;
import io.balsa.client.model.DatasetSummary;
import io.balsa.client.model.FormedCluster;
import io.balsa.client.model.ListEntry;
import io.balsa.client.model.NodeIdentity;
import io.balsa.client.model.NodeStatus;
import io.balsa.client.model.ObjectStat;
import io.balsa.client.model.ReadReceipt;
import io.balsa.client.model.ReplicaReport;
import io.balsa.client.model.UploadSummary;
import io.balsa.client.model.VersionEntry;
import io.balsa.client.model.WriteReceipt;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The shapes of JSON answers. Field names are an API: they are only ever added to. Snake case;
 * amounts of bytes end with {@code _bytes}, of time with {@code _ms}; enums are lower case; what is
 * not known is null.
 */
public final class Json {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return NODES.objectNode();
  }

  /** An array of values in a shape. */
  public static <T> ArrayNode array(List<T> values, Function<T, ObjectNode> shape) {
    ArrayNode array = NODES.arrayNode(values.size());
    values.forEach(value -> array.add(shape.apply(value)));
    return array;
  }

  /** An array of strings. */
  public static ArrayNode strings(List<String> values) {
    ArrayNode array = NODES.arrayNode(values.size());
    values.forEach(array::add);
    return array;
  }

  /** An object of strings, by key. */
  public static ObjectNode strings(Map<String, String> values) {
    ObjectNode object = object();
    new TreeMap<>(values).forEach(object::put);
    return object;
  }

  /** The name of an enum's constant. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A read receipt. */
  public static ObjectNode receipt(ReadReceipt receipt) {
    ObjectNode json =
        object()
            .put("node", receipt.node())
            .put("revision", receipt.revision())
            .put("level", name(receipt.level()));
    return json.put("age_ms", receipt.age().map(age -> age.toMillis()).orElse(null));
  }

  /** A write receipt. */
  public static ObjectNode receipt(WriteReceipt receipt) {
    return object()
        .put("revision", receipt.revision())
        .put("digest", receipt.digest().map(Object::toString).orElse(null))
        .put("durability", name(receipt.durability()))
        .put("durability_asked", name(receipt.durabilityAsked()))
        .put("as_durable_as_asked", receipt.isAsDurableAsAsked())
        .put("term", receipt.term())
        .put("index", receipt.index());
  }

  /** An object without its bytes. */
  public static ObjectNode stat(ObjectStat stat) {
    return object()
        .put("path", stat.path())
        .put("size_bytes", stat.size())
        .put("digest", stat.digest().toString())
        .put("revision", stat.revision())
        .put("modified", stat.modified().toString())
        .set("metadata", strings(stat.metadata()));
  }

  /** One line of a listing. */
  public static ObjectNode entry(ListEntry entry) {
    return switch (entry) {
      case ListEntry.Found(ObjectStat stat) -> {
        ObjectNode json = object().put("kind", "object");
        json.setAll(stat(stat));
        yield json;
      }
      case ListEntry.Folder(String prefix) -> object().put("kind", "folder").put("path", prefix);
    };
  }

  /** Where a chunk is. */
  public static ObjectNode chunk(ChunkPlacement chunk) {
    return object()
        .put("id", chunk.id().toString())
        .put("length_bytes", chunk.length())
        .put("group", chunk.group());
  }

  /** A dataset. */
  public static ObjectNode dataset(DatasetSummary dataset) {
    return object()
        .put("name", dataset.name())
        .put("created_revision", dataset.createdRevision())
        .put("created", dataset.created().toString())
        .put("epoch", dataset.epoch());
  }

  /** A version. */
  public static ObjectNode version(VersionEntry version) {
    ObjectNode json =
        object()
            .put("dataset", version.dataset())
            .put("name", version.name())
            .put("revision", version.revision())
            .put("message", version.message());
    json.set("parents", strings(version.parents()));
    return json.put("created", version.created().toString())
        .put("digest", version.seal().map(seal -> seal.digest().toString()).orElse(null))
        .put("objects", version.seal().map(VersionEntry.Seal::objects).orElse(null))
        .put("total_bytes", version.seal().map(VersionEntry.Seal::bytes).orElse(null));
  }

  /** What a folder upload came to. */
  public static ObjectNode upload(UploadSummary summary) {
    return object()
        .put("files", summary.files())
        .put("total_bytes", summary.bytes())
        .put("sent_bytes", summary.bytesSent());
  }

  /** Who a node is. */
  public static ObjectNode identity(NodeIdentity node) {
    return object()
        .put("node", node.nodeId())
        .put("peer_id", node.peerId())
        .put("cluster_id", node.clusterId())
        .put("peer_address", node.peerAddress())
        .put("client_address", node.clientAddress())
        .put("version", node.version());
  }

  /** A cluster that was formed. */
  public static ObjectNode formed(FormedCluster cluster) {
    ObjectNode json =
        object().put("cluster_id", cluster.clusterId()).put("chunk_groups", cluster.chunkGroups());
    return json.set("members", array(cluster.members(), Json::identity));
  }

  /** How a node is. */
  public static ObjectNode status(NodeStatus status) {
    return switch (status) {
      case NodeStatus.Reachable up -> {
        ObjectNode json = object().put("endpoint", up.endpoint().toString()).put("up", true);
        json.setAll(identity(up.identity()));
        json.put("revision", up.revision())
            .put("age_ms", up.health().age().map(age -> age.toMillis()).orElse(null))
            .put("resident_bytes", up.health().residentBytes())
            .put("uptime_ms", up.health().uptime().toMillis());
        json.set("problems", array(up.health().problems(), Json::problem));
        json.set("replicas", array(up.replicas(), Json::replica));
        yield json;
      }
      case NodeStatus.Unreachable down ->
          object()
              .put("endpoint", down.endpoint().toString())
              .put("up", false)
              .put("node", down.nodeId().orElse(null))
              .put("why", down.why().toString());
    };
  }

  private static ObjectNode problem(NodeStatus.Problem problem) {
    return object()
        .put("code", problem.code())
        .put("text", problem.text())
        .put("since_ms", problem.since().toMillis());
  }

  private static ObjectNode replica(ReplicaReport replica) {
    return object()
        .put("group", replica.group())
        .put("group_id", replica.groupId())
        .put("role", name(replica.role()))
        .put("leader", replica.leaderNodeId())
        .put("term", replica.position().term())
        .put("commit_index", replica.position().commitIndex())
        .put("applied_index", replica.position().appliedIndex())
        .put("snapshot_index", replica.position().snapshotIndex())
        .put("digest", replica.digest())
        .put("digest_index", replica.digestIndex())
        .put("log_bytes", replica.volume().logBytes())
        .put("chunks", replica.volume().chunks())
        .put("chunk_bytes", replica.volume().chunkBytes())
        .put("absence", replica.absence().isEmpty() ? null : replica.absence());
  }
}
