package io.balsa.raftlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.model.LogPosition;
import io.balsa.raftlog.LogAudit.Evidence;
import io.balsa.raftlog.LogAudit.Verdict;
import io.balsa.raftlog.LogContents.Flaw;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogAuditTest {
  private static final Path FILE = Path.of("log_inprogress_0");

  /**
   * The log's first and last entry, the mark, and the entries that the store applied and was
   * installed with; -1 for none. All of term 3.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing happened since                 | 10 20 | 20 | 15 -1 | sound
          entries were forced since              | 10 20 | 12 | 11 -1 | sound
          the tail is gone                       | 10 20 | 21 | 15 -1 | its log ends at 20
          the tail is gone, yet was applied      | 10 20 | 25 | 25 -1 | its log ends at 20
          the log was purged as far as allowed   | 10 20 | 20 | 9 -1 | sound
          the store is behind the log's beginning | 10 20 | 20 | 8 -1 | its log begins at 10
          an old log beside a newer store        | 10 20 | 20 | 21 -1 | its log ends at 20
          an install left the log behind         | 10 20 | 20 | 40 40 | sound
          an install, and the mark is at it      | 10 20 | 40 | 40 40 | sound
          an install, and later entries are gone | 10 20 | 45 | 40 40 | its log ends at 20
          an install emptied the log             | -1 -1 | 40 | 40 40 | sound
          an empty log behind the mark           | -1 -1 | 41 | 40 40 | its log ends at
          all of the log is gone, all was applied | -1 -1 | 40 | 40 -1 | sound
          """)
  void theLogMustReachTheMarkAndJoinTheStore(
      String what, String entries, long mark, String store, String verdict) {
    long first = Long.parseLong(entries.substring(0, entries.indexOf(' ')));
    long last = Long.parseLong(entries.substring(entries.indexOf(' ') + 1));
    long applied = Long.parseLong(store.substring(0, store.indexOf(' ')));
    long installed = Long.parseLong(store.substring(store.indexOf(' ') + 1));
    LogContents log =
        first < 0
            ? LogContents.EMPTY
            : new LogContents(first, at(last), last + 1, mark <= last ? 3 : -1, Optional.empty());
    Verdict found =
        LogAudit.of(
            new Evidence(
                true,
                true,
                log,
                Optional.of(new RaftVote(3, "n1")),
                Optional.of(new Mark(at(mark), 3, "n1")),
                new LogAudit.Store(at(applied), at(installed))));
    assertThat(text(found)).as(what).startsWith(verdict);
  }

  /** Whatever it reached: a flaw that is not at the tail was no torn write. */
  @Test
  void aLogThatCannotBeReadBehindTheMarkIsDamagedAllTheSame() {
    Flaw flaw = new Flaw(FILE, 100, "it cannot be read", false);
    Verdict found =
        LogAudit.of(
            new Evidence(
                true,
                true,
                new LogContents(10, at(20), 21, 3, Optional.of(flaw)),
                Optional.of(new RaftVote(3, "n1")),
                Optional.of(new Mark(at(20), 3, "n1")),
                new LogAudit.Store(at(15), LogPosition.START)));
    assertThat(text(found)).startsWith("its log is broken, log_inprogress_0 at byte 100");
  }

  @Test
  void aStoreThatWasReplacedMayBeOfANewerTermThanTheVote() {
    LogPosition snapshot = new LogPosition(5, 30);
    assertThat(text(withStore(new LogAudit.Store(snapshot, snapshot)))).isEqualTo("sound");
    assertThat(text(withStore(new LogAudit.Store(new LogPosition(5, 31), snapshot))))
        .startsWith("its vote file is of term 3");
  }

  private static Verdict withStore(LogAudit.Store store) {
    return LogAudit.of(
        new Evidence(
            true,
            true,
            new LogContents(10, at(20), 21, 3, Optional.empty()),
            Optional.of(new RaftVote(3, "n1")),
            Optional.of(new Mark(at(20), 3, "n1")),
            store));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the same                       | 5 | n1 | 5       | n1 | sound
          a newer term                   | 5 | n1 | 6       | n2 | sound
          a vote since, in the same term | 5 |    | 5       | n2 | sound
          an older term                  | 5 | n1 | 4       | n1 | its vote file is of term 4
          another vote                   | 5 | n1 | 5       | n2 | its vote file names 'n2'
          a vote that was taken back     | 5 | n1 | 5       |    | its vote file names ''
          a term from nowhere            | 5 | n1 | 2000000 | n1 | its vote file leaps
          a term below the entries'      | 1 |    | 2       |    | its vote file is of term 2
          """)
  void theVoteMustNotBeOlderThanTheMark(
      String what, long term, String votedFor, long voteTerm, String vote, String verdict) {
    Verdict found =
        LogAudit.of(
            new Evidence(
                true,
                true,
                new LogContents(0, at(9), 10, 3, Optional.empty()),
                Optional.of(new RaftVote(voteTerm, vote == null ? "" : vote)),
                Optional.of(new Mark(at(9), term, votedFor == null ? "" : votedFor)),
                new LogAudit.Store(at(2), LogPosition.START)));
    assertThat(text(found)).as(what).startsWith(verdict);
  }

  @Test
  void aFlawAtTheTailBehindTheMarkIsCutAndAnyOtherIsDamage() {
    assertThat(flawed(20, 20, true)).isEqualTo(new Verdict.Torn(FILE, 77, "wrong"));
    assertThat(flawed(20, 21, true)).isInstanceOf(Verdict.Damaged.class);
    assertThat(flawed(20, 20, false)).isInstanceOf(Verdict.Damaged.class);
    assertThat(flawed(20, 3, false)).isInstanceOf(Verdict.Damaged.class);
  }

  private static Verdict flawed(long last, long mark, boolean atTail) {
    Flaw flaw = new Flaw(FILE, 77, "wrong", atTail);
    return LogAudit.of(
        new Evidence(
            true,
            true,
            new LogContents(0, at(last), last + 1, mark <= last ? 3 : -1, Optional.of(flaw)),
            Optional.of(new RaftVote(3, "")),
            Optional.of(new Mark(at(mark), 3, "")),
            new LogAudit.Store(at(2), LogPosition.START)));
  }

  @Test
  void anOpenSegmentWithoutEntriesIsNoLogThatWasPurged() {
    assertThat(text(withoutEntries(6, 5))).isEqualTo("sound");
    assertThat(text(withoutEntries(5, 5))).startsWith("its log ends at 4");
    assertThat(text(withoutEntries(0, 5))).startsWith("its log ends at -1");
    assertThat(text(withoutEntries(7, 5))).startsWith("its log begins at 7");
  }

  /** The store has applied entry 5. */
  private static Verdict withoutEntries(long start, long mark) {
    return LogAudit.of(
        new Evidence(
            true,
            true,
            new LogContents(-1, LogPosition.START, start, -1, Optional.empty()),
            Optional.of(new RaftVote(3, "")),
            Optional.of(new Mark(at(mark), 3, "")),
            new LogAudit.Store(at(5), LogPosition.START)));
  }

  @Test
  void anEntryOfAnotherTermAtTheMarkIsAnotherHistory() {
    Verdict found =
        LogAudit.of(
            new Evidence(
                true,
                true,
                new LogContents(0, new LogPosition(4, 9), 10, 2, Optional.empty()),
                Optional.of(new RaftVote(4, "")),
                Optional.of(new Mark(new LogPosition(3, 7), 4, "")),
                new LogAudit.Store(at(2), LogPosition.START)));
    assertThat(text(found)).startsWith("its log has another entry 7");
  }

  @Test
  void whatWasUsedAndIsMissingIsDamageAndWhatWasNotIsFresh() {
    assertThat(missing(false, Optional.of(Mark.START))).isEqualTo(new Verdict.Fresh());
    assertThat(text(missing(true, Optional.of(Mark.START)))).isEqualTo("its folder is missing");
    assertThat(text(missing(false, Optional.of(new Mark(at(3), 3, "")))))
        .isEqualTo("its folder is missing");
    assertThat(text(missing(true, Optional.empty()))).startsWith("its watermark");
    assertThat(text(missing(false, Optional.empty()))).startsWith("its watermark");
  }

  private static Verdict missing(boolean used, Optional<Mark> mark) {
    return LogAudit.of(
        new Evidence(
            used,
            false,
            LogContents.EMPTY,
            Optional.empty(),
            mark,
            new LogAudit.Store(LogPosition.START, LogPosition.START)));
  }

  private static LogPosition at(long index) {
    return index < 0 ? LogPosition.START : new LogPosition(3, index);
  }

  private static String text(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Fresh _ -> "fresh";
      case Verdict.Sound _ -> "sound";
      case Verdict.Torn _ -> "torn";
      case Verdict.Damaged(String reason) -> reason;
    };
  }
}
