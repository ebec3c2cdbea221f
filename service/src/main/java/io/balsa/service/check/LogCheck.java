package io.balsa.service.check;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit;
import io.balsa.raftlog.LogContents;
import io.balsa.raftlog.LogEvidence;
import io.balsa.raftlog.Mark;
import io.balsa.raftlog.RejoinMark;
import io.balsa.raftlog.Watermark;
import io.balsa.replica.ConfigurationCopy;
import io.balsa.service.consensus.GroupIds;
import io.balsa.service.consensus.Member;
import io.balsa.service.data.NodeIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks Raft logs, votes and the watermark, and judges them as the next start will: every entry of
 * every segment, and then what all of it means for the store that is there.
 */
final class LogCheck {
  private final Path root;
  private final NodeIdentity.Membership membership;
  private final Map<GroupName, Mark> marks;
  private final Findings findings;
  private final Disk disk = Disk.real();

  /** Reads the watermark. */
  LogCheck(Path root, NodeIdentity identity, Findings findings) throws IOException {
    this.root = root;
    this.membership = identity.membership().orElseThrow();
    this.findings = findings;
    marks = new HashMap<>(look(root.resolve("watermark"), identity.peerId()));
    Path neighbours = root.resolve("neighbours");
    for (Member member : membership.founders()) {
      String peerId = member.peerId();
      Map<GroupName, Mark> kept = look(neighbours.resolve(peerId), peerId);
      if (peerId.equals(identity.peerId())) {
        // The next start raises its own marks to these, where it has any.
        kept.forEach((group, mark) -> marks.computeIfPresent(group, (_, own) -> own.with(mark)));
      }
    }
  }

  private Map<GroupName, Mark> look(Path file, String peerId) throws IOException {
    Watermark.Glance seen = Watermark.look(disk, file, peerId);
    if (seen.unreadable() > 0) {
      findings.note(
          file,
          "%d of its two slots make no sense: torn by a power cut, or damaged"
              .formatted(seen.unreadable()));
    }
    return seen.marks();
  }

  /**
   * Checks a group's log.
   *
   * @param store where its store is; empty where it cannot be read
   * @return index of the last entry; empty where the log cannot be judged
   */
  Optional<Long> run(GroupName group, Optional<LogAudit.Store> store) throws IOException {
    Path folder = root.resolve("raft").resolve(GroupIds.folderOf(membership.clusterId(), group));
    findings.say(group + ": reading " + folder);
    Path markFile = root.resolve("rejoin").resolve(group.text());
    Optional<RejoinMark> mark = RejoinMark.read(disk, markFile);
    if (mark.isPresent()) {
      findings.add(
          markFile, "the replica lost its Raft log and is not back yet: " + mark.get().reason());
      if (mark.get().stage() == RejoinMark.Stage.REMOVE || !disk.exists(folder)) {
        return Optional.empty();
      }
    }
    LogAudit.Evidence evidence =
        LogEvidence.of(
            disk,
            folder,
            membership.groupsMade(),
            Optional.ofNullable(marks.get(group)),
            store.orElse(new LogAudit.Store(LogPosition.START, LogPosition.START)));
    if (store.isEmpty()) {
      tellFlaw(evidence.log());
      return Optional.empty();
    }
    LogAudit.Verdict verdict = LogAudit.of(evidence);
    switch (verdict) {
      case LogAudit.Verdict.Damaged(String reason) ->
          findings.add(placeOf(evidence, folder, reason), "Raft log of " + group + ": " + reason);
      case LogAudit.Verdict.Torn(Path file, long bytes, String what) ->
          findings.note(file, "torn behind byte " + bytes + ", as a crash may leave it: " + what);
      case LogAudit.Verdict.Sound() ->
          findings.say(group + ": the log ends at " + evidence.log().last());
      case LogAudit.Verdict.Fresh() -> findings.say(group + ": was never used");
    }
    if (verdict instanceof LogAudit.Verdict.Sound || verdict instanceof LogAudit.Verdict.Torn) {
      checkConfiguration(folder, evidence);
    }
    return Optional.of(evidence.log().last().index());
  }

  private void checkConfiguration(Path folder, LogAudit.Evidence evidence) throws IOException {
    if (!ConfigurationCopy.isWhole(disk, folder)) {
      findings.add(folder.resolve("configuration"), "this copy of the configuration is damaged");
    }
    Path file = folder.resolve("current").resolve("raft-meta.conf");
    switch (ConfigurationCopy.compare(
        disk, folder, evidence.log(), evidence.store().applied().index())) {
      case SOUND -> {}
      case MENDED -> findings.add(file, "is not what its copy says; the next start mends it");
      case DOUBTFUL ->
          findings.add(file, "is newer than its copy, and nothing tells whether it is right");
    }
  }

  /** Without its store only what the segments themselves show. */
  private void tellFlaw(LogContents log) {
    if (log.flaw().isPresent()) {
      LogContents.Flaw flaw = log.flaw().get();
      String what = "behind byte " + flaw.offset() + ": " + flaw.what();
      if (flaw.atTail()) {
        findings.note(flaw.file(), what);
      } else {
        findings.add(flaw.file(), what);
      }
    }
  }

  private Path placeOf(LogAudit.Evidence evidence, Path folder, String reason) {
    Path current = folder.resolve("current");
    if (evidence.mark().isEmpty()) {
      return root.resolve("watermark");
    }
    if (reason.startsWith("its vote file")) {
      return current.resolve("raft-meta");
    }
    return evidence.log().flaw().map(LogContents.Flaw::file).orElse(current);
  }
}
