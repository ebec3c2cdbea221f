package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotLoansTest {
  private static final Disk DISK = Disk.real();
  private static final Duration KEPT = Duration.ofSeconds(100);

  @TempDir Path temp;
  private final AtomicLong nanos = new AtomicLong();
  private final LogHold hold = new LogHold(nanos::get);
  private LogPosition position = new LogPosition(1, 50);
  private int made;
  private SnapshotLoans loans;

  @BeforeEach
  void open() {
    loans =
        new SnapshotLoans(
            new OneReplica(), new SnapshotLoans.Settings(KEPT, 2), nanos::get, new Random(1));
  }

  @AfterEach
  void close() {
    loans.close();
  }

  @Test
  void aTransferThatBrokeOffFindsItsSnapshotAgainForAWhile() throws Exception {
    String id = lendAndBreak(10);
    try (SnapshotLoans.Loan again = loans.again(id).orElseThrow()) {
      assertThat(again.source().manifest().position()).isEqualTo(position);
    }
    nanos.addAndGet(KEPT.toNanos() - 1);
    loans.again(id).orElseThrow().close();
    nanos.addAndGet(KEPT.toNanos());
    loans.dropIdle();
    assertThat(loans.again(id)).isEmpty();
    assertThat(DISK.list(temp)).isEmpty();
  }

  @Test
  void theLogIsHeldForAsLongAsTheSnapshotIsKept() throws Exception {
    lendAndBreak(10);
    nanos.addAndGet(KEPT.toNanos() - 1);
    assertThat(hold.isHeld()).isTrue();
    nanos.addAndGet(1);
    loans.dropIdle();
    nanos.addAndGet(Duration.ofMinutes(10).toNanos());
    assertThat(hold.isHeld()).isFalse();
  }

  @Test
  void whoeverNeedsNoMoreThanIsThereGetsThat() throws Exception {
    String id = lendAndBreak(10);
    position = new LogPosition(1, 90);
    assertThat(lendAndBreak(50)).isEqualTo(id);
    assertThat(lendAndBreak(51)).isNotEqualTo(id);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void aSnapshotThatTheLogNoLongerJoinsIsNotLentAnew() throws Exception {
    String id = lendAndBreak(10);
    hold.giveUp();
    assertThat(lendAndBreak(10)).isNotEqualTo(id);
  }

  @Test
  void aReplicaThatIsBehindSaysSoAtOnce() throws Exception {
    assertThat(loans.lend(need(51))).isEmpty();
    assertThat(made).isZero();
  }

  @Test
  void whatWasSentWholeIsNotKept() throws Exception {
    SnapshotLoans.Loan loan = loans.lend(need(10)).orElseThrow();
    loan.done();
    loan.close();
    assertThat(loans.again(loan.id())).isEmpty();
    assertThat(DISK.list(temp)).isEmpty();
  }

  @Test
  void ofTheIdleOnesTheOldestGoWhereThereAreTooMany() throws Exception {
    String first = lendAndBreak(50);
    position = new LogPosition(1, 51);
    String second = lendAndBreak(51);
    position = new LogPosition(1, 52);
    String third = lendAndBreak(52);
    assertThat(loans.again(first)).isEmpty();
    loans.again(second).orElseThrow().close();
    loans.again(third).orElseThrow().close();
    assertThat(DISK.list(temp)).hasSize(2);
    loans.close();
    assertThat(DISK.list(temp)).isEmpty();
  }

  private String lendAndBreak(long indexMin) throws Exception {
    try (SnapshotLoans.Loan loan = loans.lend(need(indexMin)).orElseThrow()) {
      return loan.id();
    }
  }

  private static SnapshotFetcher.Need need(long indexMin) {
    return new SnapshotFetcher.Need(
        GroupName.CATALOG, Optional.empty(), indexMin, LogPosition.START);
  }

  private final class OneReplica implements SnapshotLoans.Lender {
    @Override
    public Optional<LogPosition> position(GroupName group) {
      return Optional.of(position);
    }

    @Override
    public LentSnapshot lend(GroupName group) throws IOException {
      Path folder = Files.createDirectory(temp.resolve("lent-" + ++made));
      Files.writeString(folder.resolve("file"), "bytes");
      return LentSnapshot.make(
          DISK,
          folder,
          hold.begin(),
          () -> SnapshotSource.of(DISK, folder, group, position, Map.of()));
    }
  }
}
