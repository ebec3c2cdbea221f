package io.balsa.service.grpc;

import io.balsa.api.v1.ErrorReason;
import io.balsa.command.Decision;
import io.balsa.command.Reason;
import io.balsa.model.ChunkId;
import io.balsa.model.InvalidField;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.service.consensus.Member;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The problems that the front end knows; {@code common.proto} lists them for callers. */
public final class Problems {
  /** Pause before a retry where nothing better is known. */
  static final Duration RETRY = Duration.ofMillis(100);

  /** Disks are looked at every second. */
  private static final Duration DISK_RETRY = Duration.ofSeconds(1);

  private Problems() {}

  /** An input outside of its limits. */
  public static Problem invalid(InvalidField field) {
    return Problem.lasting(
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_INVALID_FIELD,
        field.field() + " is " + field.given() + "; allowed: " + field.allowed(),
        Map.of("field", field.field(), "given", field.given(), "allowed", field.allowed()));
  }

  /** A message or batch that is too large as a whole. */
  public static Problem tooLarge(String limit, long given, long allowed) {
    return Problem.lasting(
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_TOO_LARGE,
        limit + " is " + given + "; allowed: at most " + allowed,
        Map.of("limit", limit, "given", Long.toString(given), "allowed", Long.toString(allowed)));
  }

  /** The catalog said no. */
  static Problem rejected(Decision.Rejected rejected) {
    Reason reason = rejected.reason();
    return Problem.lasting(
        codeOf(reason),
        Problem.reasonOf(reason.name()).orElseThrow(),
        textOf(reason) + (rejected.facts().isEmpty() ? "" : ": " + rejected.facts()),
        rejected.facts());
  }

  static Problem notFound(Reason reason) {
    return rejected(Decision.Rejected.of(reason, Map.of()));
  }

  static Problem revisionUnavailable(long given, long current) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE,
        "no revision " + given + " yet; the newest is " + current,
        Map.of("revision", Long.toString(current), "given", Long.toString(given)));
  }

  static Problem revisionGone(long given, long oldest) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_REVISION_UNAVAILABLE,
        "revision " + given + " is no longer kept; the oldest is " + oldest,
        Map.of("oldest", Long.toString(oldest), "given", Long.toString(given)));
  }

  /** The bytes are to be uploaded again, and the change sent under a new request id. */
  static Problem condemned(ChunkId chunk) {
    return rejected(Decision.Rejected.of(Reason.CONDEMNED, Map.of("chunk", chunk.toString())));
  }

  /** The same chunk, uploaded now, would be removed with the old one. */
  static Problem beingDeleted(ChunkId chunk) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_CONDEMNED,
        "chunk " + chunk + " is being deleted: put it in a moment",
        Map.of("chunk", chunk.toString()));
  }

  static Problem notGivenUp(ChunkId chunk) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_FRESH,
        "chunk " + chunk + " is not given up under this number, as this node knows the catalog",
        Map.of("chunk", chunk.toString()));
  }

  static Problem roundStopped(String why) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_SERVING,
        "the round of collection stopped: " + why,
        Map.of());
  }

  static Problem overloaded() {
    return exhausted(ErrorReason.ERROR_REASON_OVERLOADED, "too much waits for the group's log");
  }

  static Problem tooManyCalls() {
    return exhausted(
        ErrorReason.ERROR_REASON_TOO_MANY_CALLS, "too many calls in flight on this node");
  }

  static Problem tooManyBytes() {
    return exhausted(
        ErrorReason.ERROR_REASON_TOO_MANY_BYTES,
        "calls in flight on this node hold too many bytes");
  }

  /** A disk would be full. */
  public static Problem diskFull(String node, long freeBytes, long neededBytes) {
    return new Problem(
        Code.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_DISK_FULL,
        ("the disk of node %s has %d bytes free, and data is added again from %d on:"
                + " delete data, or give the node more space")
            .formatted(node, freeBytes, neededBytes),
        new TreeMap<>(
            Map.of(
                "node", node,
                "free_bytes", Long.toString(freeBytes),
                "needed_bytes", Long.toString(neededBytes))),
        Optional.of(DISK_RETRY));
  }

  static Problem tooManySnapshots() {
    return exhausted(
        ErrorReason.ERROR_REASON_TOO_MANY_SNAPSHOTS, "this node sends enough snapshots already");
  }

  static Problem snapshotNotFound() {
    return Problem.lasting(
        Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_SNAPSHOT_NOT_FOUND,
        "this node does not keep that snapshot any more: ask for a new one",
        Map.of());
  }

  static Problem behindSnapshotNeed(SnapshotFetcher.Need need) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_FRESH,
        "this replica of " + need.group() + " is behind what the snapshot must reach",
        Map.of("index_min", Long.toString(Math.max(need.indexMin(), need.logEnd().index()))));
  }

  static Problem tooManyJobs() {
    return exhausted(
        ErrorReason.ERROR_REASON_TOO_MANY_CALLS, "this node scrubs or compacts enough already");
  }

  static Problem snapshotHeld(String group) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_SERVING,
        "no snapshot of "
            + group
            + " yet: none is made while another member fetches one, and needs the log",
        Map.of("group", group));
  }

  private static Problem exhausted(ErrorReason reason, String message) {
    return Problem.passing(Code.RESOURCE_EXHAUSTED, reason, message, Map.of());
  }

  static Problem noLeader(String group, Optional<Member> leader) {
    String address = leader.map(Member::clientAddress).orElse("");
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NO_LEADER,
        address.isEmpty()
            ? "no leader of " + group + " is known here"
            : "the leader of " + group + " is at " + address,
        Map.of("leader_address", address));
  }

  static Problem outcomeUnknown(String requestId) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN,
        "the change may or may not have happened; retry it with the same request id",
        Map.of("request_id", requestId));
  }

  static Problem notFresh(String why, long revision, Optional<Long> ageMillis, String leader) {
    TreeMap<String, String> facts = new TreeMap<>();
    facts.put("revision", Long.toString(revision));
    ageMillis.ifPresent(age -> facts.put("age_ms", Long.toString(age)));
    facts.put("leader", leader);
    return Problem.passing(
        Code.UNAVAILABLE, ErrorReason.ERROR_REASON_NOT_FRESH, "not fresh enough: " + why, facts);
  }

  /** The node belongs to no cluster. */
  public static Problem notInitialized() {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_NOT_INITIALIZED,
        "this node belongs to no cluster yet: run balsa cluster init",
        Map.of());
  }

  /** The node belongs to another cluster than the caller thinks. */
  public static Problem otherCluster(String clusterId) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_OTHER_CLUSTER,
        "this node belongs to cluster " + clusterId,
        Map.of("cluster_id", clusterId));
  }

  static Problem memberOfOther(String nodeId, String clusterId) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_OTHER_CLUSTER,
        "node " + nodeId + " belongs to cluster " + clusterId + " already",
        Map.of("cluster_id", clusterId));
  }

  /** The node's data folder is a new one, and a cluster knows the node by the lost one. */
  static Problem formerMember(String clusterId, String formerPeerId, String peerId) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_OTHER_CLUSTER,
        ("cluster %s knows this node as %s; this data folder is a new one, of %s, which has no"
                + " part in the cluster: its votes and data would be missing. Stop the node and"
                + " bring the data folder of %s back")
            .formatted(clusterId, formerPeerId, peerId, formerPeerId),
        Map.of("cluster_id", clusterId, "former_peer_id", formerPeerId));
  }

  /** The node or one of its replicas is starting or stopping. */
  public static Problem notServing() {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_SERVING,
        "this node, or a replica on it, is starting or stopping; ask another one",
        Map.of());
  }

  static Problem notNow(String why) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_NOW,
        "the group's members cannot be changed now: " + why,
        Map.of("why", why));
  }

  /** There is no such group, or it has no replica here. */
  public static Problem groupNotFound(String group) {
    return Problem.lasting(
        Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_GROUP_NOT_FOUND,
        "no group " + group,
        Map.of("group", group));
  }

  static Problem chunkMissing(ChunkId chunk) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_CHUNK_MISSING,
        "chunk " + chunk + " is not stored: put it first",
        Map.of("chunk", chunk.toString()));
  }

  static Problem checksumMismatch(String what, String given, String computed) {
    return Problem.lasting(
        Code.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH,
        "the bytes do not hash to " + what,
        Map.of("given", given, "computed", computed));
  }

  static Problem corrupt(ChunkId chunk) {
    return Problem.lasting(
        Code.DATA_LOSS,
        ErrorReason.ERROR_REASON_CORRUPT,
        "no replica has good bytes of chunk " + chunk,
        Map.of("chunk", chunk.toString()));
  }

  static Problem chunkUnreachable(ChunkId chunk) {
    return Problem.passing(
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_NOT_FRESH,
        "chunk " + chunk + " is not here yet, and no other replica answers",
        Map.of("chunk", chunk.toString()));
  }

  static Problem beyondEnd(long size) {
    return Problem.lasting(
        Code.OUT_OF_RANGE,
        ErrorReason.ERROR_REASON_RANGE,
        "the range begins beyond the end; the size is " + size,
        Map.of("size", Long.toString(size)));
  }

  static Problem stalled(Duration limit) {
    return Problem.lasting(
        Code.DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_STALLED,
        "the caller neither sent nor took anything for " + limit.toMillis() + " ms",
        Map.of("limit_ms", Long.toString(limit.toMillis())));
  }

  static Problem cancelled() {
    return Problem.lasting(
        Code.CANCELLED, ErrorReason.ERROR_REASON_UNSPECIFIED, "the caller went away", Map.of());
  }

  static Problem internal(String correlationId) {
    return Problem.lasting(
        Code.INTERNAL,
        ErrorReason.ERROR_REASON_INTERNAL,
        "a defect of this node; its log has more under " + correlationId,
        Map.of("correlation_id", correlationId));
  }

  private static Code codeOf(Reason reason) {
    return switch (reason) {
      case DATASET_NOT_FOUND, OBJECT_NOT_FOUND, TRANSACTION_NOT_FOUND, VERSION_NOT_FOUND ->
          Code.NOT_FOUND;
      case DATASET_EXISTS, VERSION_EXISTS -> Code.ALREADY_EXISTS;
      case DATASET_NOT_EMPTY,
          OBJECT_EXISTS,
          REVISION_MISMATCH,
          DIGEST_MISMATCH,
          TRANSACTION_CLOSED,
          FENCED,
          REVISION_UNAVAILABLE ->
          Code.FAILED_PRECONDITION;
      case REQUEST_ID_REUSED -> Code.INVALID_ARGUMENT;
      case CONDEMNED -> Code.ABORTED;
    };
  }

  private static String textOf(Reason reason) {
    return switch (reason) {
      case DATASET_NOT_FOUND -> "no such dataset";
      case DATASET_EXISTS -> "the dataset exists";
      case DATASET_NOT_EMPTY -> "the dataset has objects or versions";
      case OBJECT_NOT_FOUND -> "no object at this path";
      case OBJECT_EXISTS -> "the object exists";
      case REVISION_MISMATCH -> "the object has another revision";
      case DIGEST_MISMATCH -> "the object has another digest";
      case TRANSACTION_NOT_FOUND -> "no such transaction in this dataset";
      case TRANSACTION_CLOSED -> "the transaction is closed";
      case FENCED -> "a newer writer took over";
      case VERSION_EXISTS -> "the version exists";
      case VERSION_NOT_FOUND -> "no such version";
      case REQUEST_ID_REUSED -> "the request id was used for another change";
      case REVISION_UNAVAILABLE -> "no such revision, yet or any more";
      case CONDEMNED -> "a chunk was collected meanwhile: upload it again, under a new request id";
    };
  }
}
