package io.balsa.service.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chunk.Disk;
import io.balsa.service.disk.DiskReport.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
  @TempDir private Path folder;

  private final AtomicLong free = new AtomicLong(1_000);

  private DiskSpace space() throws IOException {
    return new DiskSpace(
        () -> new DiskSpace.Room(free.get(), 2_000), new DiskSpace.Bounds(800, 400, 100));
  }

  private static Level levelAt(DiskSpace space, AtomicLong free, long bytes) throws IOException {
    free.set(bytes);
    space.look();
    return space.report(Duration.ZERO).level();
  }

  @Test
  void levelsBeginBelowTheirBoundsAndEndAnEighthAboveThem() throws IOException {
    DiskSpace space = space();
    assertThat(levelAt(space, free, 800)).isEqualTo(Level.ROOMY);
    assertThat(levelAt(space, free, 799)).isEqualTo(Level.LOW);
    assertThat(levelAt(space, free, 899)).isEqualTo(Level.LOW);
    assertThat(levelAt(space, free, 900)).isEqualTo(Level.ROOMY);
    assertThat(levelAt(space, free, 399)).isEqualTo(Level.VERY_LOW);
    assertThat(levelAt(space, free, 449)).isEqualTo(Level.VERY_LOW);
    assertThat(levelAt(space, free, 450)).isEqualTo(Level.LOW);
    assertThat(levelAt(space, free, 1_000)).isEqualTo(Level.ROOMY);
  }

  @Test
  void aReportSaysWhatMustBeFreeForWritesToGoOn() throws IOException {
    DiskSpace space = space();
    assertThat(space.report(Duration.ofMillis(3)))
        .isEqualTo(new DiskReport(1_000, 2_000, 800, Level.ROOMY, Duration.ofMillis(3)));
    assertThat(levelAt(space, free, 500)).isEqualTo(Level.LOW);
    assertThat(space.report(Duration.ZERO).neededBytes()).isEqualTo(900);
  }

  @Test
  void aReserveIsSpaceThatIsReallyTakenAndGivenUp() throws IOException {
    Path file = folder.resolve("reserve");
    Reserve reserve = new Reserve(file, Disk.real(), 3 << 20, 1L << 40);
    assertThat(reserve.isHeld()).isFalse();
    reserve.make();
    assertThat(reserve.isHeld()).isTrue();
    assertThat((Long) Files.getAttribute(file, "unix:size")).isEqualTo(3 << 20);
    reserve.giveUp();
    reserve.giveUp();
    assertThat(folder).isEmptyDirectory();
    assertThat(new Reserve(file, Disk.real(), 64 << 20, 300 << 20).bytes()).isEqualTo(4 << 20);
    assertThat(new Reserve(file, Disk.real(), 0, 1L << 40).isHeld()).isTrue();
  }

  @Test
  void theGaugeTellsWhatTheFileSystemTells() throws IOException {
    DiskSpace.Room room = DiskSpace.Gauge.of(folder).look();
    assertThat(room.totalBytes()).isEqualTo(Files.getFileStore(folder).getTotalSpace());
    assertThat(room.freeBytes()).isBetween(1L, room.totalBytes());
  }
}
