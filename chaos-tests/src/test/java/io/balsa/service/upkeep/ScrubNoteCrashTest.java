package io.balsa.service.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.balsa.chaos.disk.CrashStates;
import io.balsa.chaos.disk.RecordingDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The note of where a scrub is, after a power cut. */
class ScrubNoteCrashTest {
  private static final Path FOLDER = Path.of("/data");
  private static final int NOTES = 6;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theNoteIsTheLastThatWasMadeOrALaterOne(long seed) throws IOException {
    assertThat(tryOn(new RecordingDisk(), seed)).isGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/scrub[.]new", "/data"})
  void aForceThatIsLeftOutIsFound(String paths) throws Exception {
    CrashStates.requireFound(paths, ScrubNoteCrashTest::tryOn);
  }

  private static int tryOn(RecordingDisk disk, long seed) throws IOException {
    Random random = new Random(seed);
    disk.createFolders(FOLDER);
    disk.settle();
    for (int number = 1; number <= NOTES; number++) {
      disk.killAfter(random.nextInt(3) == 0 ? random.nextInt(6) : Integer.MAX_VALUE);
      try {
        note(number).write(disk, FOLDER);
        disk.mark(number);
      } catch (RecordingDisk.Killed e) {
        disk.revive();
      }
    }
    return CrashStates.check(disk, seed, ScrubNoteCrashTest::check);
  }

  private static void check(RecordingDisk disk, List<Object> said) throws IOException {
    ScrubNote found = ScrubNote.read(disk, FOLDER);
    int told = said.isEmpty() ? 0 : (int) said.getLast();
    assertThat(ScrubNote.isWhole(disk, FOLDER)).isTrue();
    assertThat(found).isEqualTo(note((int) found.bytesDone()));
    assertThat(found.bytesDone()).isBetween((long) told, (long) NOTES);
    note(NOTES).write(disk, FOLDER);
    assertThat(ScrubNote.read(disk, FOLDER)).isEqualTo(note(NOTES));
  }

  private static ScrubNote note(int number) {
    return number == 0
        ? ScrubNote.NONE
        : new ScrubNote(
            "chunks-" + number, new ScrubTarget.Cursor(number, 8L * number), 1, number, 0, 0);
  }
}
