package io.balsa.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import io.balsa.model.LogPosition;
import io.balsa.snapshot.SnapshotManifest;
import io.balsa.snapshot.SnapshotReceiver;
import io.balsa.snapshot.SnapshotSource;
import io.balsa.snapshot.SnapshotSwap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SnapshotInstallTest {
  private static final Disk DISK = Disk.real();

  @TempDir private Path temp;

  /** One job's end a time: a position that is staged, or nothing for a failure. */
  private final SynchronousQueue<Optional<LogPosition>> ends = new SynchronousQueue<>();

  private final List<String> halts = new ArrayList<>();
  private final Deque<SnapshotFetcher.Need> needs = new ArrayDeque<>();
  private SnapshotInstall install;
  private Path live;

  @Test
  void aSnapshotIsDecidedOnWhenItIsThereAndSomebodyAsks() throws Exception {
    open();
    assertThat(install.decide(need(10))).isEmpty();
    assertThat(install.decide(need(11))).isEmpty();
    ends.put(Optional.of(new LogPosition(1, 20)));
    assertThat(decided(need(12))).isEqualTo(new LogPosition(1, 20));
    assertThat(live.resolveSibling("live.next")).exists();
    assertThat(SnapshotSwap.staging(live)).doesNotExist();
    assertThat(halts).isEmpty();
  }

  @Test
  void whatIsTooOldByNowIsNotDecidedOnAndAnotherOneIsFetched() throws Exception {
    open();
    assertThat(install.decide(need(10))).isEmpty();
    ends.put(Optional.of(new LogPosition(1, 20)));
    while (needs() < 2) {
      assertThat(install.decide(need(30))).isEmpty();
    }
    ends.put(Optional.of(new LogPosition(1, 40)));
    assertThat(decided(need(30))).isEqualTo(new LogPosition(1, 40));
  }

  @Test
  void aFailureIsTriedAgainWithWhatIsNeededByThen() throws Exception {
    open();
    assertThat(install.decide(need(10))).isEmpty();
    assertThat(install.decide(need(15))).isEmpty();
    ends.put(Optional.empty());
    ends.put(Optional.of(new LogPosition(1, 20)));
    assertThat(decided(need(15))).isEqualTo(new LogPosition(1, 20));
    assertThat(needs.getLast().indexMin()).isEqualTo(15);
  }

  @Test
  void whatTheLogHasOvertakenIsDropped() throws Exception {
    open();
    assertThat(install.decide(need(10))).isEmpty();
    ends.put(Optional.of(new LogPosition(1, 20)));
    while (new SnapshotSwap(DISK, live).staged().isEmpty()) {
      Thread.onSpinWait();
    }
    while (Files.exists(SnapshotSwap.staging(live))) {
      install.dropOvertaken(new LogPosition(1, 20));
    }
    assertThat(install.decide(need(10))).isEmpty();
    ends.put(Optional.of(new LogPosition(1, 30)));
    assertThat(decided(need(10))).isEqualTo(new LogPosition(1, 30));
  }

  @Test
  void closingEndsAFetchThatIsRunning() throws Exception {
    open();
    assertThat(install.decide(need(10))).isEmpty();
    CountDownLatch closed = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () -> {
              install.close();
              closed.countDown();
            });
    closed.await();
    assertThat(install.decide(need(10))).isEmpty();
    assertThat(halts).isEmpty();
  }

  @AfterEach
  void close() {
    install.close();
  }

  private void open() throws IOException {
    live = Files.createDirectory(temp.resolve("live"));
    SnapshotSwap swap = new SnapshotSwap(DISK, live);
    install =
        new SnapshotInstall(GroupName.CATALOG, swap, this::meet, (what, _) -> halts.add(what));
  }

  private Optional<SnapshotManifest> meet(SnapshotFetcher.Need need)
      throws IOException, InterruptedException {
    synchronized (needs) {
      needs.add(need);
    }
    Optional<LogPosition> end = ends.take();
    return Optional.of(stage(end.orElseThrow(() -> new IOException("nobody gives one"))));
  }

  private int needs() {
    synchronized (needs) {
      return needs.size();
    }
  }

  private SnapshotManifest stage(LogPosition position) throws IOException {
    Path from = Files.createDirectories(temp.resolve("from"));
    Files.writeString(from.resolve("file"), "new");
    SnapshotSource source = SnapshotSource.of(DISK, from, GroupName.CATALOG, position, Map.of());
    try (SnapshotReceiver receiver =
        SnapshotReceiver.begin(DISK, SnapshotSwap.staging(live), source.manifest())) {
      receiver.accept("file", 0, source.read("file", 0, 100));
      receiver.finish();
    }
    return source.manifest();
  }

  /** Asks as a leader does, until there is an answer. */
  private LogPosition decided(SnapshotFetcher.Need need) throws IOException {
    while (true) {
      Optional<LogPosition> answer = install.decide(need);
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.onSpinWait();
    }
  }

  private static SnapshotFetcher.Need need(long indexMin) {
    return new SnapshotFetcher.Need(
        GroupName.CATALOG, Optional.empty(), indexMin, LogPosition.START);
  }
}
