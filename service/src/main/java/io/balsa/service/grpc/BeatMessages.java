package io.balsa.service.grpc;

import io.balsa.api.v1.BeatRequest;
import io.balsa.api.v1.DiskLevel;
import io.balsa.api.v1.DiskState;
import io.balsa.api.v1.HeldLog;
import io.balsa.api.v1.NotedDigest;
import io.balsa.api.v1.NotedDigests;
import io.balsa.model.GroupName;
import io.balsa.model.InvalidField;
import io.balsa.model.Limits;
import io.balsa.model.LogPosition;
import io.balsa.model.Sha256;
import io.balsa.raftlog.Mark;
import io.balsa.service.disk.DiskReport;
import io.balsa.service.neighbours.Beat;
import io.balsa.service.observe.NodeProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link Beat} to and from {@code balsa.v1.BeatRequest}. */
final class BeatMessages {
  private static final int NOTES_MAX = 16;
  private static final int PROBLEMS_MAX = 16;
  private static final int ID_LENGTH_MAX = 128;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private BeatMessages() {}

  static BeatRequest toWire(Beat beat) {
    BeatRequest.Builder request =
        BeatRequest.newBuilder()
            .setClusterId(beat.clusterId())
            .setPeerId(beat.peerId())
            .setDisk(toWire(beat.disk()))
            .addAllProblems(toWire(beat.problems()))
            .addAllLogs(logsToWire(beat.logs()));
    beat.digests()
        .forEach(
            (group, noted) -> {
              NotedDigests.Builder notes = NotedDigests.newBuilder().setGroup(group.text());
              noted.forEach(
                  (index, digest) ->
                      notes.addNotes(
                          NotedDigest.newBuilder()
                              .setIndex(index)
                              .setDigest(Answers.digest(digest))));
              request.addDigests(notes);
            });
    return request.build();
  }

  private static DiskState toWire(DiskReport disk) {
    return DiskState.newBuilder()
        .setFreeBytes(disk.freeBytes())
        .setTotalBytes(disk.totalBytes())
        .setNeededBytes(disk.neededBytes())
        .setLevel(
            switch (disk.level()) {
              case ROOMY -> DiskLevel.DISK_LEVEL_ROOMY;
              case LOW -> DiskLevel.DISK_LEVEL_LOW;
              case VERY_LOW -> DiskLevel.DISK_LEVEL_VERY_LOW;
            })
        .setForceLatencyUs(disk.forceLatency().toNanos() / NANOS_PER_MICRO)
        .build();
  }

  static List<io.balsa.api.v1.NodeProblem> toWire(List<NodeProblem> problems) {
    return problems.stream()
        .map(
            problem ->
                io.balsa.api.v1.NodeProblem.newBuilder()
                    .setCode(problem.code())
                    .setText(problem.text())
                    .setSinceMs(problem.since().toMillis())
                    .build())
        .toList();
  }

  /** The beat of a request; each field is held to its limits. */
  static Beat fromWire(BeatRequest request) {
    Fields.number("digests", request.getDigestsCount(), 0, Limits.CHUNK_GROUPS_MAX + 1L);
    Fields.number("problems", request.getProblemsCount(), 0, PROBLEMS_MAX);
    return new Beat(
        id("cluster_id", request.getClusterId()),
        id("peer_id", request.getPeerId()),
        disk(request.getDisk()),
        digests(request.getDigestsList()),
        request.getProblemsList().stream().map(BeatMessages::problem).toList(),
        logs("logs", request.getLogsList()));
  }

  static List<HeldLog> logsToWire(Map<GroupName, Mark> logs) {
    return logs.entrySet().stream()
        .map(
            log ->
                HeldLog.newBuilder()
                    .setGroup(log.getKey().text())
                    .setNext(log.getValue().flushed().index() + 1)
                    .setEntryTerm(log.getValue().flushed().term())
                    .setTerm(log.getValue().term())
                    .setVotedFor(log.getValue().votedFor())
                    .build())
        .toList();
  }

  /** Marks of logs; each field is held to its limits. */
  static Map<GroupName, Mark> logs(String field, List<HeldLog> given) {
    Fields.number(field, given.size(), 0, Limits.CHUNK_GROUPS_MAX + 1L);
    Map<GroupName, Mark> logs = new HashMap<>();
    for (HeldLog log : given) {
      Fields.number(
          field + ".voted_for length", log.getVotedFor().length(), 0, Mark.PEER_ID_LENGTH_MAX);
      logs.put(
          Fields.group(log.getGroup()),
          new Mark(
              new LogPosition(
                  Fields.number(field + ".entry_term", log.getEntryTerm(), 0, Long.MAX_VALUE),
                  Fields.number(field + ".next", log.getNext(), 0, Long.MAX_VALUE) - 1),
              Fields.number(field + ".term", log.getTerm(), 0, Long.MAX_VALUE),
              log.getVotedFor()));
    }
    return logs;
  }

  static String id(String field, String given) {
    Fields.number(field + " length", given.length(), 1, ID_LENGTH_MAX);
    return given;
  }

  private static DiskReport disk(DiskState disk) {
    return new DiskReport(
        Fields.number("disk.free_bytes", disk.getFreeBytes(), 0, Long.MAX_VALUE),
        Fields.number("disk.total_bytes", disk.getTotalBytes(), 0, Long.MAX_VALUE),
        Fields.number("disk.needed_bytes", disk.getNeededBytes(), 0, Long.MAX_VALUE),
        switch (disk.getLevel()) {
          case DISK_LEVEL_ROOMY -> DiskReport.Level.ROOMY;
          case DISK_LEVEL_LOW -> DiskReport.Level.LOW;
          case DISK_LEVEL_VERY_LOW -> DiskReport.Level.VERY_LOW;
          case DISK_LEVEL_UNSPECIFIED, UNRECOGNIZED ->
              throw new InvalidField("disk.level", disk.getLevel().name(), "a known level");
        },
        Duration.ofNanos(
            NANOS_PER_MICRO
                * Fields.number(
                    "disk.force_latency_us",
                    disk.getForceLatencyUs(),
                    0,
                    Long.MAX_VALUE / NANOS_PER_MICRO)));
  }

  private static Map<GroupName, Map<Long, Sha256>> digests(List<NotedDigests> given) {
    Map<GroupName, Map<Long, Sha256>> digests = new HashMap<>();
    for (NotedDigests one : given) {
      Fields.number("digests.notes", one.getNotesCount(), 0, NOTES_MAX);
      Map<Long, Sha256> notes = new HashMap<>();
      for (NotedDigest note : one.getNotesList()) {
        notes.put(
            Fields.number("digests.notes.index", note.getIndex(), 1, Long.MAX_VALUE),
            Fields.digest("digests.notes.digest", note.getDigest()));
      }
      digests.put(Fields.group(one.getGroup()), Map.copyOf(notes));
    }
    return digests;
  }

  private static NodeProblem problem(io.balsa.api.v1.NodeProblem given) {
    return new NodeProblem(
        given.getCode(),
        given.getText(),
        Duration.ofNanos(
            NANOS_PER_MILLI
                * Fields.number(
                    "problems.since_ms", given.getSinceMs(), 0, Long.MAX_VALUE / NANOS_PER_MILLI)));
  }
}
