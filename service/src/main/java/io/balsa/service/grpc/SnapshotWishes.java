package io.balsa.service.grpc;

import io.balsa.api.v1.FetchSnapshotRequest;
import io.balsa.api.v1.SnapshotNeed;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.LogPosition;
import io.balsa.replica.SnapshotFetcher;
import io.balsa.snapshot.SnapshotManifest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A checked request for a snapshot.
 *
 * @param need what a new one must be like
 * @param id of one that was lent before; empty for a new one
 * @param manifestOnly whether no file is to be sent
 * @param files numbers of the manifest's files to send; empty for all
 * @param offset where in the first of them to begin
 */
record SnapshotWishes(
    SnapshotFetcher.Need need, String id, boolean manifestOnly, List<Integer> files, long offset) {
  private static final int ID_LENGTH_MAX = 64;

  /** Reads what the wire says; {@link InvalidField} against a rule. */
  static SnapshotWishes of(FetchSnapshotRequest request) {
    GroupName group = Fields.group(request.getGroup());
    String id = request.getSnapshotId();
    if (id.length() > ID_LENGTH_MAX) {
      throw new InvalidField("snapshot_id", id.length() + " characters", "at most 64");
    }
    if (request.getManifestOnly() && !id.isEmpty()) {
      throw new InvalidField("manifest_only", "true", "false with a snapshot_id");
    }
    if (id.isEmpty() && (request.getFilesCount() > 0 || request.getOffset() != 0)) {
      throw new InvalidField("files", "some", "none, and no offset, without a snapshot_id");
    }
    Set<Integer> distinct = new HashSet<>();
    for (int file : request.getFilesList()) {
      Fields.number("files", file, 0, SnapshotManifest.ENTRIES_MAX - 1);
      if (!distinct.add(file)) {
        throw new InvalidField("files", Integer.toString(file), "each at most once");
      }
    }
    return new SnapshotWishes(
        need(group, request.getNeed()),
        id,
        request.getManifestOnly(),
        request.getFilesList(),
        Fields.number("offset", request.getOffset(), 0, SnapshotManifest.FILE_BYTES_MAX));
  }

  private static SnapshotFetcher.Need need(GroupName group, SnapshotNeed given) {
    long first = Fields.number("need.first_log_index", given.getFirstLogIndex(), 0, Long.MAX_VALUE);
    long end = Fields.number("need.own_log_end", given.getOwnLogEnd(), 0, Long.MAX_VALUE);
    long term = Fields.number("need.own_log_term", given.getOwnLogTerm(), 0, Long.MAX_VALUE);
    return new SnapshotFetcher.Need(
        group, Optional.empty(), first - 1, new LogPosition(term, end - 1));
  }

  /** What the wire says of a need. */
  static SnapshotNeed toWire(SnapshotFetcher.Need need) {
    return SnapshotNeed.newBuilder()
        .setFirstLogIndex(need.indexMin() + 1)
        .setOwnLogEnd(need.logEnd().index() + 1)
        .setOwnLogTerm(need.logEnd().term())
        .build();
  }

  /** The files to send, as a snapshot has them; {@link InvalidField} if it has not. */
  List<SnapshotManifest.Entry> filesOf(SnapshotManifest manifest) {
    List<SnapshotManifest.Entry> all = manifest.entries();
    for (int file : files) {
      Fields.number("files", file, 0, all.size() - 1L);
    }
    List<SnapshotManifest.Entry> wanted =
        files.isEmpty() ? all : files.stream().map(all::get).toList();
    Fields.number("offset", offset, 0, wanted.isEmpty() ? 0 : wanted.getFirst().bytes());
    return wanted;
  }
}
