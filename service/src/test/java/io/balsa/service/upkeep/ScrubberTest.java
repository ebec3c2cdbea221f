package io.balsa.service.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.balsa.chunk.Disk;
import io.balsa.model.GroupName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lives of a scrub. A piece that is large for the rate holds it up until it is stopped. */
class ScrubberTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long BYTES_PER_SECOND = 1 << 20;

  /** The place is noted behind it. */
  private static final long NOTED = 300L << 20;

  /** The place is not noted behind it. */
  private static final long LONG = 200L << 20;

  @TempDir private Path folder;

  /** Pieces that were read, in all lives. */
  private final List<String> read = new CopyOnWriteArrayList<>();

  @Test
  void aScrubThatIsStoppedGoesOnBehindTheLastPieceThatItRead() throws IOException {
    List<ScrubTarget> targets = targets(LONG, 1);
    try (Scrubber first = scrubber(targets, folder)) {
      await().atMost(PATIENCE).until(() -> first.note().bytesDone() == 3 + LONG);
      assertThat(ScrubNote.read(Disk.real(), folder)).isEqualTo(ScrubNote.NONE);
    }
    ScrubNote noted = ScrubNote.read(Disk.real(), folder);
    assertThat(noted.target()).isEqualTo("two");
    assertThat(noted.bytesDone()).isEqualTo(3 + LONG);
    requireRestRead(targets, folder, noted, LONG + 6);
    assertThat(read).containsExactly("one/0", "one/1", "two/0", "two/1", "two/2", "two/3", "end/0");
  }

  @Test
  void aScrubThatIsKilledGoesOnWhereItsPlaceWasNotedLast() throws IOException {
    List<ScrubTarget> targets = targets(NOTED, 1);
    Path killed = Files.createDirectory(folder.resolve("killed"));
    try (Scrubber first = scrubber(targets, folder)) {
      await()
          .atMost(PATIENCE)
          .until(() -> ScrubNote.read(Disk.real(), folder).bytesDone() == 3 + NOTED);
      // What a process leaves that ends here.
      Files.copy(folder.resolve("scrub"), killed.resolve("scrub"));
      assertThat(first.note().target()).isEqualTo("two");
    }
    read.clear();
    requireRestRead(targets, killed, ScrubNote.read(Disk.real(), killed), NOTED + 6);
    assertThat(read).containsExactly("two/2", "two/3", "end/0");
  }

  /** Else its last target would be read, and counted, once more. */
  @Test
  void aScrubThatIsStoppedBehindItsLastPieceIsWhole() throws IOException {
    try (Scrubber first = scrubber(targets(1, LONG), folder)) {
      await().atMost(PATIENCE).until(() -> first.note().bytesDone() == 6 + LONG);
    }
    ScrubNote noted = ScrubNote.read(Disk.real(), folder);
    assertThat(noted.target()).isEmpty();
    assertThat(noted.completedMillis()).isPositive();
    assertThat(noted.bytesDone()).isEqualTo(6 + LONG);
  }

  private void requireRestRead(
      List<ScrubTarget> targets, Path notedIn, ScrubNote noted, long bytesInAll)
      throws IOException {
    try (Scrubber second = scrubber(targets, notedIn)) {
      await().atMost(PATIENCE).until(() -> second.note().completedMillis() > 0);
      assertThat(second.note().startedMillis()).isEqualTo(noted.startedMillis());
      assertThat(second.note().bytesDone()).isEqualTo(bytesInAll);
    }
  }

  private List<ScrubTarget> targets(long inTheMiddle, long atTheEnd) {
    return List.of(
        new Pieces("one", List.of(1L, 1L)),
        new Pieces("two", List.of(1L, inTheMiddle, 1L, 1L)),
        new Pieces("end", List.of(atTheEnd)));
  }

  private static Scrubber scrubber(List<ScrubTarget> targets, Path notedIn) throws IOException {
    return new Scrubber(
        targets,
        new Scrubber.Rule(BYTES_PER_SECOND, Duration.ofDays(1)),
        notedIn,
        Clock.systemUTC(),
        (group, cause) -> {
          throw new AssertionError(group + " is corrupt", cause);
        },
        (what, cause) -> {
          throw new AssertionError(what, cause);
        });
  }

  /** A target of some pieces, of so many bytes each. */
  private final class Pieces implements ScrubTarget {
    private final String name;
    private final List<Long> pieces;

    Pieces(String name, List<Long> pieces) {
      this.name = name;
      this.pieces = pieces;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public GroupName group() {
      return GroupName.CATALOG;
    }

    @Override
    public long bytes() {
      return pieces.stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public Step step(Cursor from, long bytesMax) {
      int piece = from.file();
      read.add(name + "/" + piece);
      return new Step(new Cursor(piece + 1, 0), pieces.get(piece), 0, piece + 1 == pieces.size());
    }
  }
}
