package io.balsa.raftlog;

import io.balsa.model.LogPosition;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Decides whether a group's log may be opened and vote, before Ratis looks at it. Ratis cannot tell
 * a log that was cut from a shorter one, nor a changed vote from the one that was cast; the
 * watermark can. Pure.
 *
 * <p>What is legal and looks like damage: a log whose beginning was purged; one that an installed
 * snapshot emptied or left behind; a tail behind the watermark that a crash tore; a vote that is
 * newer than the watermark, which is written on a beat. So one thing is <b>not</b> found: damage of
 * what was forced since the watermark was last forced, at most some 100 ms before a crash. To lose
 * an acknowledged entry by it, that entry must have been acknowledged in these last moments, its
 * bytes be damaged at rest just then, and another replica of it be lost, too; no reader of a log
 * alone can do better (Alagappan et al., Protocol-Aware Recovery, FAST 2018, §3.3.3). An old copy
 * of the whole data folder, watermark and store with it, is consistent in itself and not found.
 */
public final class LogAudit {
  /** No restart misses so many elections; a vote file that says so is damaged. */
  private static final long TERM_LEAP_MAX = 1_000_000;

  private LogAudit() {}

  /**
   * What was found.
   *
   * @param used the group was opened before; a missing folder or watermark is a loss
   * @param folder the group's Raft folder is there
   * @param log what its log holds
   * @param vote its vote file; empty where it is missing or unreadable
   * @param mark the watermark; empty where it is missing or unreadable
   * @param store where the group's store is
   */
  public record Evidence(
      boolean used,
      boolean folder,
      LogContents log,
      Optional<RaftVote> vote,
      Optional<Mark> mark,
      Store store) {}

  /**
   * Where a store is.
   *
   * @param applied the last entry that it has durably
   * @param installed the last entry of the snapshot that it came from; before the first for none
   */
  public record Store(LogPosition applied, LogPosition installed) {
    /**
     * The term of its last entry that came by the log; 0 for none. A snapshot that took a lost
     * store's place while the replica was down may be of a term that it has not heard of.
     */
    private long ownTerm() {
      return applied.index() > installed.index() ? applied.term() : 0;
    }
  }

  /** What to do. */
  public sealed interface Verdict {
    /** Never used: begin with the founding members. */
    record Fresh() implements Verdict {}

    /** Open it. */
    record Sound() implements Verdict {}

    /**
     * Open it when its tail, which was never known to be forced, is cut off.
     *
     * @param file the segment
     * @param bytes to keep
     * @param what is wrong with the rest
     */
    record Torn(Path file, long bytes, String what) implements Verdict {}

    /**
     * It lost what it had promised to keep: it must not vote again.
     *
     * @param reason one line
     */
    record Damaged(String reason) implements Verdict {}
  }

  /** Decides. */
  public static Verdict of(Evidence found) {
    Optional<String> damage = damage(found);
    if (damage.isPresent()) {
      return new Verdict.Damaged(damage.get());
    }
    if (isVirgin(found)) {
      return new Verdict.Fresh();
    }
    return found
        .log
        .flaw()
        .<Verdict>map(flaw -> new Verdict.Torn(flaw.file(), flaw.offset(), flaw.what()))
        .orElseGet(Verdict.Sound::new);
  }

  /** Ratis makes the folder first and the vote file then. */
  private static boolean isVirgin(Evidence found) {
    return !found.used
        && found.mark.filter(Mark.START::equals).isPresent()
        && found.vote.isEmpty()
        && found.log.isEmpty()
        && found.log.flaw().isEmpty();
  }

  private static Optional<String> damage(Evidence found) {
    if (found.mark.isEmpty()) {
      return Optional.of("its watermark is missing or damaged");
    }
    if (isVirgin(found)) {
      return Optional.empty();
    }
    if (!found.folder) {
      return Optional.of("its folder is missing");
    }
    Mark mark = found.mark.get();
    return voteDamage(found, mark).or(() -> logDamage(found, mark));
  }

  private static Optional<String> voteDamage(Evidence found, Mark mark) {
    if (found.vote.isEmpty()) {
      return Optional.of("its vote file is missing or damaged");
    }
    RaftVote vote = found.vote.get();
    if (vote.term() < mark.term()) {
      return Optional.of(
          "its vote file is of term " + vote.term() + ", and term " + mark.term() + " was reached");
    }
    if (vote.term() == mark.term()
        && !mark.votedFor().isEmpty()
        && !mark.votedFor().equals(vote.votedFor())) {
      return Optional.of(
          "its vote file names '%s', and in term %d it voted for %s"
              .formatted(vote.votedFor(), mark.term(), mark.votedFor()));
    }
    if (vote.term() - mark.term() > TERM_LEAP_MAX) {
      return Optional.of("its vote file leaps from term " + mark.term() + " to " + vote.term());
    }
    long lastTerm = Math.max(found.log.last().term(), found.store.ownTerm());
    if (vote.term() < lastTerm) {
      return Optional.of(
          "its vote file is of term " + vote.term() + ", and there are entries of " + lastTerm);
    }
    return Optional.empty();
  }

  private static Optional<String> logDamage(Evidence found, Mark mark) {
    LogContents log = found.log;
    Optional<LogContents.Flaw> flaw = log.flaw();
    if (flaw.isPresent() && !(flaw.get().atTail() && reaches(found, mark))) {
      return Optional.of("its log is broken, " + flaw.get());
    }
    long end = log.next() - 1;
    long stored = found.store.applied.index();
    if (!reaches(found, mark)) {
      return Optional.of(
          "its log ends at %d, and entry %d was forced"
              .formatted(Math.max(-1, end), mark.flushed().index()));
    }
    if (log.next() < 0) {
      return Optional.empty();
    }
    long begin = log.isEmpty() ? log.next() : log.first();
    if (begin > stored + 1) {
      return Optional.of("its log begins at %d, and its store ends at %d".formatted(begin, stored));
    }
    if (!isLeftBehind(found) && end < stored) {
      return Optional.of("its log ends at %d, and its store at %d".formatted(end, stored));
    }
    if (mark.flushed().term() > 0
        && log.termAtMark() >= 0
        && log.termAtMark() != mark.flushed().term()) {
      return Optional.of(
          "its log has another entry %d than the one that was forced, of term %d and not %d"
              .formatted(mark.flushed().index(), log.termAtMark(), mark.flushed().term()));
    }
    return Optional.empty();
  }

  /**
   * What the watermark promises is there: in the log, or, where there is no log, in the store. An
   * open segment without entries says that there were none behind its beginning.
   */
  private static boolean reaches(Evidence found, Mark mark) {
    boolean byStore = found.log.next() < 0 || isLeftBehind(found);
    long end = byStore ? found.store.applied.index() : found.log.next() - 1;
    return end >= mark.flushed().index();
  }

  /** An install was cut short before Ratis purged the log that its snapshot covers. */
  private static boolean isLeftBehind(Evidence found) {
    long installed = found.store.installed.index();
    return installed >= 0 && found.log.next() <= installed + 1;
  }
}
